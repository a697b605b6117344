//! `buffer/busy-too-small`: less may be busy than one buffer holds.

use super::ladder::Ladder;
use super::places::report;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::value::nginx_size_text;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "buffer/busy-too-small",
    severity: Severity::Error,
    summary: "less may be busy than one buffer holds",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/buffer/busy-too-small.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, judge);
}

fn judge(ladder: &Ladder<'_>) -> Option<Diagnostic> {
    let busy = ladder.busy.filter(|busy| busy.value < ladder.largest())?;
    let prefix = ladder.prefix;
    let message = format!(
        "`{prefix}_busy_buffers_size` ({}) is smaller than {}: nginx does not start",
        nginx_size_text(busy.value),
        ladder.largest_text(),
    );
    let (found, edits) = ladder.clash(busy.place, message, "busy_buffers_size");
    let log = format!(
        "nginx logs: \"{prefix}_busy_buffers_size\" must be equal to or greater than the maximum of the value of \
         \"{prefix}_buffer_size\" and one of the \"{prefix}_buffers\""
    );
    Some(found.note(log).fix(Fix::safe("fit the buffers", edits)))
}
