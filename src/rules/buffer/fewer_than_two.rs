//! `buffer/fewer-than-two`: one buffer for responses, and nginx needs two.

use super::ladder::Ladder;
use super::places::report;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "buffer/fewer-than-two",
    severity: Severity::Error,
    summary: "one buffer for responses, and nginx needs two",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/buffer/fewer-than-two.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, judge);
}

fn judge(ladder: &Ladder<'_>) -> Option<Diagnostic> {
    let buffers = ladder.buffers.filter(|rung| rung.value.count < 2)?;
    let prefix = ladder.prefix;
    let message = format!("`{prefix}_buffers` gives one buffer and nginx needs two: it does not start");
    let (found, edits) = ladder.finding(buffers.place, message, &["buffers"]);
    let log = format!("nginx logs: there must be at least 2 \"{prefix}_buffers\"");
    Some(found.note(log).fix(Fix::safe("add buffers", edits)))
}
