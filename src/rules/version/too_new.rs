//! `version/too-new`: what only a later version than the target has.

use super::{named, nginx_found, nginx_places, php_settings};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::Place;
use crate::version::Version;
use crate::vocabulary;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "version/too-new",
    severity: Severity::Error,
    summary: "a directive or setting that came with a later version than the one it is written for",
    fixable: Fixable::No,
    card: include_str!("../../../rules/version/too-new.md"),
    check,
};

/// What distributions have taken into older versions.
const BACKPORTED: &[&str] = &["max_headers"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (place, target) in nginx_places(context) {
        let node = place.node;
        if let Some(since) = directive_since(&place).filter(|since| *since > target) {
            sink.report(too_new(&place, target, since));
            continue;
        }
        for (about, span) in nginx_found(node) {
            let Some(since) = about.since.filter(|since| *since > target) else { continue };
            let message = format!(
                "nginx {target} does not take {}, which came with {since}: it does not start",
                named(about)
            );
            sink.report(
                Diagnostic::new(span, message, format!("since {since}"))
                    .note(format!("nginx logs: {}", about.log)),
            );
        }
    }
    for (set, about, version) in php_settings(context) {
        let Some(since) = about.since.filter(|since| *since > version) else { continue };
        let message =
            format!("PHP {version} knows no `{}`, which came with {since}: it has no effect", set.key);
        sink.report_as(Severity::Warning, Diagnostic::new(set.line, message, format!("since {since}")));
    }
}

/// A directive the target does not know, or not here.
fn too_new(place: &Place<'_>, target: Version, since: Version) -> Diagnostic {
    let name = place.node.name();
    let words = vocabulary::nginx(name);
    let elsewhere = words.iter().any(|word| !word.contexts.meets(place.contexts) && word.since.is_none());
    let (what, logs) = if elsewhere {
        (format!("does not take `{name}` here"), format!("\"{name}\" directive is not allowed here"))
    } else {
        (format!("knows no `{name}`"), format!("unknown directive \"{name}\""))
    };
    let message = format!("nginx {target} {what}, which came with {since}: it does not start");
    Diagnostic::new(place.node.head(), message, format!("since {since}")).note(format!("nginx logs: {logs}"))
}

/// The first version that knows a directive where it stands; `None` where that is any, or where a module that
/// is not nginx's own brings it.
fn directive_since(place: &Place<'_>) -> Option<Version> {
    let words = vocabulary::nginx(place.node.name());
    if words.is_empty() || BACKPORTED.contains(&place.node.name()) {
        return None;
    }
    let here = words.iter().filter(|word| word.contexts.meets(place.contexts));
    let since = here.map(|word| word.since.filter(|_| word.origin == "core")?.parse().ok());
    since.collect::<Option<Vec<Version>>>()?.into_iter().min()
}
