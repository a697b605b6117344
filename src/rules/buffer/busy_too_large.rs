//! `buffer/busy-too-large`: more may be busy than all buffers but one hold.

use super::ladder::{Ladder, room};
use super::places::report;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::Buffers;
use crate::value::nginx_size_text;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "buffer/busy-too-large",
    severity: Severity::Error,
    summary: "more may be busy than all buffers but one hold",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/buffer/busy-too-large.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, judge);
}

fn judge(ladder: &Ladder<'_>) -> Option<Diagnostic> {
    let buffers = ladder.buffers_in_force()?;
    let busy = ladder.busy_size();
    let other_fault = buffers.count < 2 || busy < ladder.largest();
    if other_fault || busy <= room(buffers) {
        return None;
    }
    let suffixes: &[&str] = match ladder.busy {
        Some(_) => &["buffers", "busy_buffers_size"],
        None => &["buffers", "buffer_size"],
    };
    let anchor = ladder.anchor(suffixes)?;
    let (found, edits) = ladder.finding(anchor, message(ladder, buffers), suffixes);
    let prefix = ladder.prefix;
    let log = format!(
        "nginx logs: \"{prefix}_busy_buffers_size\" must be less than the size of all \"{prefix}_buffers\" minus one \
         buffer (and names the `}}` of the block)"
    );
    Some(found.note(log).fix(Fix::safe("fit the buffers", edits)))
}

fn message(ladder: &Ladder<'_>, buffers: Buffers) -> String {
    let prefix = ladder.prefix;
    let busy = match ladder.busy {
        Some(_) => format!("`{prefix}_busy_buffers_size`"),
        None => format!("default, twice {}", ladder.largest_text()),
    };
    let default = if ladder.buffers.is_none() { " (default)" } else { "" };
    format!(
        "`{prefix}_buffers` are too few: {} may be busy ({busy}), and all but one of {} × {}{default} hold {}: nginx \
         does not start",
        nginx_size_text(ladder.busy_size()),
        buffers.count,
        nginx_size_text(buffers.size),
        nginx_size_text(room(buffers)),
    )
}
