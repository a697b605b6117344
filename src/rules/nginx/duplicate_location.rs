//! `nginx/duplicate-location`: two locations of one block match the same.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::tree::At;
use crate::value::LocationKind;

use super::certain::{is_garbled, is_template};
use super::locations::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/duplicate-location",
    severity: Severity::Error,
    summary: "two locations of one block match the same",
    fixable: Fixable::No,
    card: include_str!("../../../rules/nginx/duplicate-location.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut reported = HashMap::new();
    for nginx in &context.stack.nginx {
        for (first, second) in twice(context, nginx) {
            if reported.insert(second, first).is_none() {
                sink.report_some(finding(context, first, second));
            }
        }
    }
}

/// The locations that match what another one of their block does.
fn twice(context: &Context<'_>, nginx: &Nginx) -> Vec<(At, At)> {
    let mut known: HashMap<(ScopeId, bool, Cow<'_, str>), At> = HashMap::new();
    let mut found = Vec::new();
    for id in nginx.of_kind(ScopeKind::Location) {
        let scope = nginx.scope(id);
        // A piece may be for several servers, or hold what stands in several.
        let Some((parent, at)) =
            scope.parent.filter(|&parent| nginx.scope(parent).at.is_some()).zip(scope.at)
        else {
            continue;
        };
        let Some(location) = Location::of(context.files.node(at)) else { continue };
        if matches!(location.kind, LocationKind::Exact | LocationKind::Prefix) {
            let key = (parent, location.kind == LocationKind::Exact, location.name.value);
            match known.get(&key) {
                Some(&first) => found.push((first, at)),
                None => drop(known.insert(key, at)),
            }
        }
    }
    found
}

fn finding(context: &Context<'_>, first: At, second: At) -> Option<Diagnostic> {
    let (node, earlier) = (context.files.node(second), context.files.node(first));
    let location = Location::of(node)?;
    let name = &*location.name.value;
    if is_template(name) || is_garbled(node) || is_garbled(earlier) {
        return None;
    }
    let log = format!("nginx logs: duplicate location \"{name}\"");
    if first == second {
        let message = format!("`{name}` is here twice, for its file is included twice: nginx does not start");
        let found = Diagnostic::new(node.head(), message, "read twice in one block").note(log);
        return Some(found.help("take one of the `include`s away"));
    }
    let message = format!("this block has two locations for `{name}`: nginx does not start");
    let found = Diagnostic::new(node.head(), message, "the same again").label(earlier.head(), "the first");
    Some(found.note(log).help("make one location of the two"))
}
