//! `version/deprecated`: what the target version advises against.

use super::{named, nginx_found, nginx_places, php_settings};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::php::Set;
use crate::value;
use crate::vocabulary::{PhpType, php_word};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "version/deprecated",
    severity: Severity::Hint,
    summary: "a directive or setting that the version it is written for advises against",
    fixable: Fixable::No,
    card: include_str!("../../../rules/version/deprecated.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (place, target) in nginx_places(context) {
        for (about, span) in nginx_found(place.node) {
            let gone = about.removed.is_some_and(|removed| removed <= target);
            let Some(deprecated) = about.deprecated.filter(|version| *version <= target && !gone) else {
                continue;
            };
            let message = format!("nginx warns of {} since {deprecated}", named(about));
            let found = Diagnostic::new(span, message, "goes away in time")
                .note(format!("nginx logs: [warn] {}", about.log));
            sink.report(match about.instead {
                Some(instead) => found.help(format!("write `{instead}`")),
                None => found.help("take the line out"),
            });
        }
    }
    for (set, about, version) in php_settings(context) {
        let gone = about.removed.is_some_and(|removed| removed <= version);
        let since = about.deprecated.filter(|since| *since <= version && !gone && !is_default(&set));
        let Some(since) = since else { continue };
        let message = format!("PHP advises against `{}` since {since}", set.key);
        let found = Diagnostic::new(set.line, message, "goes away in time");
        sink.report(match about.instead {
            Some(instead) => found.help(format!("use `{instead}`")),
            None => found.help("take the line out"),
        });
    }
}

/// Whether a setting says what holds without it, of which PHP says nothing.
fn is_default(set: &Set) -> bool {
    let Some(word) = php_word(&set.key) else { return false };
    let same_switch =
        word.takes == PhpType::Flag && value::php_bool(set.read()) == value::php_bool(word.default);
    same_switch || set.read() == word.default
}
