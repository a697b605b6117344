//! `buffer/max-temp-file-too-small`: a temporary file may hold less than one buffer.

use super::ladder::Ladder;
use super::places::report;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::value::nginx_size_text;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "buffer/max-temp-file-too-small",
    severity: Severity::Error,
    summary: "a temporary file may hold less than one buffer",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/buffer/max-temp-file-too-small.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, judge);
}

fn judge(ladder: &Ladder<'_>) -> Option<Diagnostic> {
    let most = ladder.max_temp.filter(|most| most.value != 0 && most.value < ladder.largest())?;
    let prefix = ladder.prefix;
    let message = format!(
        "`{prefix}_max_temp_file_size` ({}) is not 0, and smaller than {}: nginx does not start",
        nginx_size_text(most.value),
        ladder.largest_text(),
    );
    let (found, edits) = ladder.clash(most.place, message, "max_temp_file_size");
    let log = format!(
        "nginx logs: \"{prefix}_max_temp_file_size\" must be equal to zero to disable temporary files usage or must be \
         equal to or greater than the maximum of the value of \"{prefix}_buffer_size\" and one of the \
         \"{prefix}_buffers\""
    );
    Some(found.note(log).fix(Fix::safe("fit the buffers", edits)))
}
