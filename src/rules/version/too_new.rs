//! `version/too-new`: what only a later version than the target has.

use std::collections::HashSet;

use super::{named, nginx_found, nginx_places, php_settings};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::Place;
use crate::tree::NodeRef;
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
    of_nginx(context, sink);
    of_apache(context, sink);
    of_php(context, sink);
}

fn of_nginx(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (place, target) in nginx_places(context) {
        if let Some(since) = directive_since(&place).filter(|since| *since > target) {
            sink.report(too_new(&place, target, since));
            continue;
        }
        for (about, span) in nginx_found(place.node) {
            let Some(since) = about.since.filter(|since| *since > target) else { continue };
            let what = named(about);
            let message =
                format!("nginx {target} does not take {what}, which came with {since}: it does not start");
            let found = Diagnostic::new(span, message, format!("since {since}"));
            sink.report(found.note(format!("nginx logs: {}", about.log)));
        }
    }
}

fn of_apache(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(target) = context.stack.targets.apache else { return };
    let mut seen = HashSet::new();
    let commands = context.stack.apache.iter().flat_map(|apache| apache.commands(context.files));
    for node in commands.map(|command| command.node) {
        let since = vocabulary::apache_since(node.name()).filter(|since| *since > target);
        let Some(since) = since.filter(|_| !is_guarded(node) && seen.insert(node.at())) else { continue };
        let name = node.name();
        let message =
            format!("Apache {target} knows no `{name}`, which came with {since}: it does not start");
        sink.report(Diagnostic::new(node.head(), message, format!("since {since}")).note(format!(
            "Apache logs: Invalid command '{name}', perhaps misspelled or defined by a module not included in the server configuration"
        )));
    }
}

/// Whether a section around it asks for the version, or for the directive itself.
fn is_guarded(node: NodeRef<'_>) -> bool {
    let around = std::iter::successors(node.parent(), |node| node.parent());
    around.into_iter().any(|section| section.is("IfVersion") || section.is("IfDirective"))
}

fn of_php(context: &Context<'_>, sink: &mut Sink<'_>) {
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
