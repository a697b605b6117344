//! `value/excluded-parameter`: two parameters that cannot stand together.

use super::{is_filled_in, is_sound};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, Place, ScopeKind};
use crate::tree::NodeRef;
use crate::vocabulary::{EXCLUSIONS, Exclusion, NO_BACKUP};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "value/excluded-parameter",
    severity: Severity::Error,
    summary: "two parameters that nginx does not take together, so that it does not start",
    fixable: Fixable::No,
    card: include_str!("../../../rules/value/excluded-parameter.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for place in nginx.places(context.files) {
            let rules = EXCLUSIONS.iter().filter(|rule| rule.directive == place.node.name());
            let found: Vec<_> = rules
                .filter(|rule| rule.holds(place.contexts))
                .filter_map(|rule| both(&place, rule))
                .collect();
            if !found.is_empty() && is_sound(&place) {
                sink.report_once(found.into_iter().next());
            }
        }
        for (method, server, index) in backups(context, nginx) {
            sink.report_once(backup(method, server, index));
        }
    }
}

/// The parameter and one that it excludes, if the directive has both.
fn both(place: &Place<'_>, rule: &Exclusion) -> Option<Diagnostic> {
    let node = place.node;
    let at = node.args().position(|word| word == rule.parameter)?;
    let other = node.args().position(|word| {
        rule.excludes.iter().any(|&name| match name {
            "*" => word != rule.parameter && !is_filled_in(&word),
            key if key.ends_with('=') => word.starts_with(key),
            _ => word == name,
        })
    })?;
    let (name, text) = (node.name(), node.arg(other)?);
    let bare = text.split('=').next().unwrap_or(&text);
    let message =
        format!("`{name}` takes no `{text}` together with `{}`: nginx does not start", rule.parameter);
    let found = Diagnostic::new(node.arg_span(other)?, message, "is not taken")
        .label(node.arg_span(at)?, "beside this")
        .note(format!("nginx logs: {}", rule.logs.replace('%', bare)));
    Some(if rule.parameter == "quic" && text == "ssl" {
        found.help("write a `listen` with `ssl` and one with `quic`: the one is for TCP, the other for UDP")
    } else {
        found
    })
}

/// The servers with `backup` behind a method that knows none: the method, the server, which argument it is.
fn backups<'a>(context: &'a Context<'_>, nginx: &'a Nginx) -> Vec<(NodeRef<'a>, NodeRef<'a>, usize)> {
    let mut found = Vec::new();
    for scope in nginx.of_kind(ScopeKind::Upstream) {
        let mut method = None;
        for node in nginx.entries(context.files, scope) {
            if NO_BACKUP.contains(&node.name()) {
                method = Some(node);
            }
            let backup = || node.args().position(|word| word == "backup");
            if let Some((method, index)) = method.filter(|_| node.name() == "server").zip(backup()) {
                found.push((method, node, index));
            }
        }
    }
    found
}

fn backup(method: NodeRef<'_>, server: NodeRef<'_>, index: usize) -> Option<Diagnostic> {
    let name = method.name();
    let message = format!("`{name}` knows no `backup` servers: nginx does not start");
    Some(
        Diagnostic::new(server.arg_span(index)?, message, "is not taken")
            .label(method.head(), "chooses the server")
            .note("nginx logs: balancing method does not support parameter \"backup\""),
    )
}
