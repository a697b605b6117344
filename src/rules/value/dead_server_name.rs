//! `value/dead-server-name`: a name of a server that no request can have.

use std::collections::HashSet;

use super::{is_filled_in, is_sound};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::tree::NodeRef;
use crate::vocabulary::Contexts;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "value/dead-server-name",
    severity: Severity::Warning,
    summary: "a server name with a port, a scheme, a path or a dot at its end, which no request has",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/value/dead-server-name.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    let http = Contexts::parse("server");
    for nginx in &context.stack.nginx {
        for place in nginx.places(context.files) {
            if place.node.name() != "server_name" || !http.meets(place.contexts) {
                continue;
            }
            let dead: Vec<_> =
                (0..place.node.words().len()).filter_map(|index| finding(place.node, index)).collect();
            if !dead.is_empty() && is_sound(&place) && seen.insert(place.node.at()) {
                for found in dead {
                    sink.report(found);
                }
            }
        }
    }
}

fn finding(node: NodeRef<'_>, index: usize) -> Option<Diagnostic> {
    let name = node.arg(index)?;
    // A comma at the end is what `nginx/comma-in-list` speaks about.
    if name.starts_with('~') || name.ends_with(',') || is_filled_in(&name) {
        return None;
    }
    let (why, host) = cause(&name)?;
    let span = node.plain_span(index)?;
    let message = format!(
        "no request has the name `{name}`: {why}, and the server answers only where it is the default"
    );
    let found = Diagnostic::new(span, message, "never matches");
    let found = if name.contains('/') {
        found.note(format!("nginx logs: [warn] server name \"{name}\" has suspicious symbols"))
    } else {
        found.note("`nginx -t` says nothing of it; the requests are answered by the default server")
    };
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '*');
    if host.is_empty() || !host.chars().all(named) {
        return Some(found);
    }
    let (title, edit) = if node.args().any(|other| other == host) {
        // The name stands there already: the word goes, with the blank before it or behind it.
        let whole = node.arg_span(index)?;
        let gap = match index.checked_sub(1).and_then(|before| node.arg_span(before)) {
            Some(before) => Span::new(before.hi, whole.hi),
            None => Span::new(whole.lo, node.arg_span(index + 1)?.lo),
        };
        (format!("take `{name}` out"), Edit::replace(gap, ""))
    } else {
        (format!("write `{host}`"), Edit::replace(span, host))
    };
    Some(found.help(title.clone()).fix(Fix::risky(title, vec![edit])))
}

/// Why a name matches nothing, and the host in it.
fn cause(name: &str) -> Option<(&'static str, &str)> {
    let after = name.find("://").map(|at| &name[at + 3..]);
    let host = after.unwrap_or(name).split(['/', ':']).next().unwrap_or_default();
    if after.is_some() {
        return Some(("a name has no scheme", host.trim_end_matches('.')));
    }
    if name.contains('/') {
        return Some(("a name has no path", host.trim_end_matches('.')));
    }
    if !name.starts_with('[') && name.matches(':').count() == 1 {
        return Some(("nginx takes the port off before it compares", host.trim_end_matches('.')));
    }
    let bare = name.strip_suffix('.').filter(|bare| !bare.is_empty())?;
    Some(("nginx takes the dot off the end before it compares", bare))
}
