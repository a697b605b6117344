//! `nginx/location-nesting`: a location stands in one that it cannot stand in.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::ScopeKind;
use crate::tree::NodeRef;
use crate::value::LocationKind;

use super::certain::{is_garbled, is_template};
use super::locations::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/location-nesting",
    severity: Severity::Error,
    summary: "a location stands in one that it cannot stand in",
    fixable: Fixable::No,
    card: include_str!("../../../rules/nginx/location-nesting.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for nginx in &context.stack.nginx {
        for id in nginx.of_kind(ScopeKind::Location) {
            let scope = nginx.scope(id);
            let outer = scope.parent.map(|parent| nginx.scope(parent));
            let outer = outer.filter(|outer| outer.kind == ScopeKind::Location).and_then(|outer| outer.at);
            let (Some(at), Some(outer)) = (scope.at, outer) else { continue };
            let found = finding(context.files.node(at), context.files.node(outer));
            sink.report_some(found.filter(|_| seen.insert((at, outer))));
        }
    }
}

fn finding(node: NodeRef<'_>, outer: NodeRef<'_>) -> Option<Diagnostic> {
    let (own, around) = (Location::of(node)?, Location::of(outer)?);
    let (name, outer_name) = (&*own.name.value, &*around.name.value);
    if is_template(name) || is_template(outer_name) || is_garbled(node) || is_garbled(outer) {
        return None;
    }
    let (what, log, help) = match (around.kind, own.kind) {
        (LocationKind::Exact, _) => (
            format!("no location can stand in `= {outer_name}`, which is one path alone"),
            format!("location \"{name}\" cannot be inside the exact location \"{outer_name}\""),
            "move it out, beside the other".to_owned(),
        ),
        (LocationKind::Named, _) => (
            format!("no location can stand in the named location `{outer_name}`"),
            format!("location \"{name}\" cannot be inside the named location \"{outer_name}\""),
            "move it out, beside the other".to_owned(),
        ),
        (_, LocationKind::Named) => (
            format!("the named location `{name}` stands in a location"),
            format!("named location \"{name}\" can be on the server level only"),
            "move it into the `server`".to_owned(),
        ),
        (_, LocationKind::Regex) => return None,
        _ if name.starts_with(outer_name) => return None,
        (LocationKind::Regex, _) => (
            format!(
                "`{name}` stands in a location with an expression, in which there can only be others with one"
            ),
            format!("location \"{name}\" is outside location \"{outer_name}\""),
            "move it out, beside the other".to_owned(),
        ),
        (LocationKind::Prefix, _) => (
            format!("`{name}` does not begin with `{outer_name}`, so that no request would come here"),
            format!("location \"{name}\" is outside location \"{outer_name}\""),
            format!("move it out, or write its path in full: `{}{name}`", outer_name.trim_end_matches('/')),
        ),
    };
    let found =
        Diagnostic::new(own.name.span(), format!("{what}: nginx does not start"), "cannot stand here");
    Some(found.label(outer.head(), "in this location").note(format!("nginx logs: {log}")).help(help))
}
