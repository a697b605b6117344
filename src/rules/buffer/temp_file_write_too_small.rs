//! `buffer/temp-file-write-too-small`: less is written to a temporary file at a time than one buffer holds.

use super::ladder::Ladder;
use super::places::report;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::value::nginx_size_text;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "buffer/temp-file-write-too-small",
    severity: Severity::Error,
    summary: "less is written to a temporary file at a time than one buffer holds",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/buffer/temp-file-write-too-small.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, judge);
}

fn judge(ladder: &Ladder<'_>) -> Option<Diagnostic> {
    let write = ladder.write.filter(|write| write.value < ladder.largest())?;
    let prefix = ladder.prefix;
    let message = format!(
        "`{prefix}_temp_file_write_size` ({}) is smaller than {}: nginx does not start",
        nginx_size_text(write.value),
        ladder.largest_text(),
    );
    let (found, edits) = ladder.clash(write.place, message, "temp_file_write_size");
    let log = format!(
        "nginx logs: \"{prefix}_temp_file_write_size\" must be equal to or greater than the maximum of the value of \
         \"{prefix}_buffer_size\" and one of the \"{prefix}_buffers\""
    );
    Some(found.note(log).fix(Fix::safe("fit the buffers", edits)))
}
