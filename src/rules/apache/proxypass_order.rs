//! `apache/proxypass-order`: a line of `ProxyPass` that no request gets to, because one before it takes them all.

use std::collections::HashSet;

use super::mapping::{By, Mapping, covers, move_line};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::Apache;
use crate::stack::nginx::ScopeId;
use crate::tree::NodeRef;
use crate::value::regex_groups;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/proxypass-order",
    severity: Severity::Warning,
    summary: "a ProxyPass that no request gets to, because another one takes them all",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/apache/proxypass-order.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for apache in &context.stack.apache {
        for scope in apache.section_ids() {
            let lines: Vec<Mapping<'_>> = Mapping::in_section(apache, scope)
                .filter(|mapping| matches!(mapping.by, By::Path | By::Regex))
                .collect();
            // A server has a handful of lines; one with hundreds was made by a program, in order.
            for (index, line) in lines.iter().enumerate().take(MOST) {
                let winner = lines[..index].iter().find(|earlier| takes_all(earlier, line));
                if let Some(winner) =
                    winner.filter(|winner| !same(winner, line) && seen.insert(line.entry.at))
                {
                    sink.report(finding(context, winner, line, "the first line that fits counts"));
                }
            }
        }
        for host in std::iter::once(ScopeId(0)).chain(apache.vhosts()) {
            for (winner, line) in hidden_locations(apache, host) {
                sink.report_once(finding(
                    context,
                    &winner,
                    &line,
                    "of sections for one path the last one counts",
                ));
            }
        }
    }
}

/// So many lines of one section are compared with each other.
const MOST: usize = 200;

/// Locations whose paths a later `<Location>` takes all of. A request gets the `ProxyPass` of the last one that fits.
fn hidden_locations(apache: &Apache, host: ScopeId) -> Vec<(Mapping<'_>, Mapping<'_>)> {
    let inside = apache.section_ids().filter(|&id| apache.section(id).parent == Some(host));
    let lines: Vec<Mapping<'_>> = inside
        .filter_map(|id| Mapping::in_section(apache, id).last())
        .filter(|mapping| mapping.by == By::Location)
        .take(MOST)
        .collect();
    let mut hidden = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let later = lines[index + 1..].iter().find(|later| {
            covers(&later.path.value, &line.path.value)
                && !same(later, line)
                && !later.path.value.contains(['*', '?'])
        });
        hidden.extend(later.map(|&later| (later, *line)));
    }
    hidden
}

/// Whether every path of `later` is one of `earlier`.
fn takes_all(earlier: &Mapping<'_>, later: &Mapping<'_>) -> bool {
    let (outer, inner) = (earlier.path.value.as_str(), later.path.value.as_str());
    match (earlier.by, later.by) {
        (By::Path, By::Path) => covers(outer, inner),
        (By::Path, By::Regex) => {
            outer == "/" || (outer.ends_with('/') && inner.starts_with(&format!("^{outer}")))
        }
        (By::Regex, By::Path) => {
            let below = inner.trim_end_matches('/');
            let samples = [
                format!("{below}/"),
                format!("{below}/a"),
                format!("{below}/b/c.php"),
                format!("{below}/d.png"),
            ];
            samples.iter().all(|path| regex_groups(outer, false, path).is_some())
                && (inner.ends_with('/') || regex_groups(outer, false, inner).is_some())
        }
        _ => outer == inner,
    }
}

/// Whether it makes no difference: the line that wins asks for the same.
fn same(winner: &Mapping<'_>, line: &Mapping<'_>) -> bool {
    if winner.excludes() || line.excludes() {
        return winner.excludes() && line.excludes();
    }
    let rest = line.path.value.strip_prefix(winner.path.value.as_str());
    rest.is_some_and(|rest| format!("{}{rest}", winner.url.value) == line.url.value)
}

fn finding(context: &Context<'_>, winner: &Mapping<'_>, line: &Mapping<'_>, why: &str) -> Diagnostic {
    let path = &line.path.value;
    let meant = if line.excludes() {
        format!("`{path}` is not kept here")
    } else {
        format!("nothing gets to `{}` from here", line.url.value)
    };
    let instead =
        if winner.excludes() { "stays here".to_owned() } else { format!("goes to `{}`", winner.url.value) };
    let message = format!("{meant}: `{}` takes all of it, and the request {instead}", winner.path.value);
    let above = winner.span(context).lo < line.span(context).lo;
    let (verb, place) = if above { ("above", "above") } else { ("below", "below") };
    let (mine, other) = (node(context, line), node(context, winner));
    let fix = move_line(mine, other, above);
    Diagnostic::new(mine.head(), message, "no request gets here")
        .label(other.head(), "takes them all")
        .note(format!("{why}; Apache logs nothing"))
        .help(format!("write the line {verb} the one for `{}`", winner.path.value))
        .fix(fix.map(|edits| Fix::risky(format!("move it {place} `{}`", winner.path.value), edits)))
}

/// The line, or the `<Location>` around it.
fn node<'a>(context: &Context<'a>, mapping: &Mapping<'_>) -> NodeRef<'a> {
    let node = context.files.node(mapping.entry.at);
    if mapping.by == By::Location { node.parent().unwrap_or(node) } else { node }
}
