//! `version/removed`: what the target version does not have any more.

use super::{named, nginx_found, nginx_places, php_settings};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::php::{Place, Set};
use crate::value;
use crate::version::Version;
use crate::vocabulary::PhpSpan;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "version/removed",
    severity: Severity::Error,
    summary: "a directive or setting that the version it is written for does not have any more",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/version/removed.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (place, target) in nginx_places(context) {
        for (about, span) in nginx_found(place.node) {
            let Some(removed) = about.removed.filter(|removed| *removed <= target) else { continue };
            let message = format!(
                "nginx {target} does not take {}, which went with {removed}: it does not start",
                named(about)
            );
            let logs = match about.argument {
                "" => format!("unknown directive \"{}\"", about.directive),
                _ => about.log.to_owned(),
            };
            let mut found = Diagnostic::new(span, message, format!("until {removed}"))
                .note(format!("nginx logs: {logs}"));
            if let Some(instead) = about.instead {
                found = found.help(format!("write `{instead}`"));
            }
            let off = place.node.arg(0).is_some_and(|arg| arg == "off") && about.argument.is_empty();
            if off {
                found = found
                    .help("take the line out")
                    .fix(Fix::safe("take the line out", vec![edits::remove_node(place.node)]));
            }
            sink.report(found);
        }
    }
    for (set, about, version) in php_settings(context) {
        let Some(removed) = about.removed.filter(|removed| *removed <= version) else { continue };
        let (severity, found) = of_php(&set, about, version, removed);
        sink.report_as(severity, found);
    }
}

/// PHP looks for some names in php.ini and does not start when they are on; the others it does not know any more.
fn of_php(set: &Set, about: &PhpSpan, version: Version, removed: Version) -> (Severity, Diagnostic) {
    let key = &set.key;
    let on = value::php_int(set.read()).value != 0;
    let stops = about.fatal && on && set.place == Place::Ini;
    let found = if stops {
        let message = format!("PHP {version} does not start with `{key}`, which went with {removed}");
        Diagnostic::new(set.line, message, format!("until {removed}"))
            .note(format!("PHP logs: Fatal error: Directive '{key}' is no longer available in PHP"))
    } else {
        let message = format!("PHP {version} ignores `{key}`, which went with {removed}");
        Diagnostic::new(set.line, message, format!("until {removed}"))
    };
    let found = match about.instead {
        Some(instead) => found.help(format!("take the line out; use {instead} instead")),
        None => found.help("take the line out"),
    };
    let off = set.read().is_empty() || set.read() == "0";
    let severity = match (stops, off) {
        (true, _) => Severity::Error,
        (false, true) => Severity::Hint,
        (false, false) => Severity::Warning,
    };
    (severity, found)
}
