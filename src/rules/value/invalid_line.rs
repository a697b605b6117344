//! `value/invalid-line`: a line of a block that holds data, such as `geo`, is not read as it is written.

use std::collections::HashSet;

use super::is_filled_in;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::NodeRef;
use crate::vocabulary::{BadLine, Table};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "value/invalid-line",
    severity: Severity::Error,
    summary: "a line of map, geo, split_clients or charset_map that nginx does not take, so that it does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/value/invalid-line.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for nginx in &context.stack.nginx {
        for place in nginx.places(context.files) {
            let block = place.node;
            let mut table = Table::of(block.name());
            let data = block.body().is_some_and(|body| body.raw.is_none());
            if !data || table.is_none() && block.name() != "types" || !seen.insert(block.at()) {
                continue;
            }
            for line in block.children() {
                let found = nested(block, line)
                    .or_else(|| table.as_mut().and_then(|table| finding(block, line, table)));
                sink.report_some(found);
            }
        }
    }
}

/// A block in a block that holds lines.
fn nested(block: NodeRef<'_>, line: NodeRef<'_>) -> Option<Diagnostic> {
    line.body().filter(|_| !block.tree.is_uneven() && !is_broken(line))?;
    let (outer, inner) = (block.name(), line.name());
    let message = format!("`{inner}` opens a block inside of `{outer}`: nginx does not start");
    let found = Diagnostic::new(line.head(), message, format!("`{outer}` holds lines, each with its `;`"))
        .label(block.head(), "the block around it")
        .note("nginx logs: unexpected \"{\"")
        .help(format!("end `{outer}` with a `}}` above it, or take the block out"));
    Some(found)
}

/// Whether an error of syntax runs through a line.
fn is_broken(line: NodeRef<'_>) -> bool {
    line.tree.errors_at(line.span()).next().is_some()
}

fn finding(block: NodeRef<'_>, line: NodeRef<'_>, table: &mut Table) -> Option<Diagnostic> {
    let key = line.value(line.raw().name);
    let values: Vec<_> = line.args().collect();
    let bad = table.read(&key, &values)?;
    // Variables are at home in the values of a map; templates are not.
    let written = |word: &str| if bad == BadLine::Count { word.replace('$', "") } else { word.to_owned() };
    let open = || std::iter::once(&key).chain(&values).any(|word| is_filled_in(&written(word)));
    if line.body().is_some() || is_broken(line) || open() && bad != BadLine::Sum {
        return None;
    }
    let name = block.name();
    let span = match bad {
        BadLine::Count => line.head(),
        BadLine::Value => line.arg_span(0)?,
        _ => line.name_span(),
    };
    let said = if bad == BadLine::Value { values.first()? } else { &key };
    let found =
        Diagnostic::new(span, format!("{}: nginx does not start", bad.told(name, said)), "is not taken")
            .note(format!("nginx logs: {}", table.logged(bad, said)));
    let Some(meant) = table.mend(bad, said) else { return Some(found.help(table.describe())) };
    let fix = Fix::safe(format!("write {meant}"), vec![Edit::replace(span, &meant)]);
    Some(found.help(format!("write `{meant}`")).fix(fix))
}
