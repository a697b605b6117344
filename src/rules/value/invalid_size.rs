//! `value/invalid-size`: a size nginx does not take.

use super::{Unit, report};
use crate::diagnostic::Severity;
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "value/invalid-size",
    severity: Severity::Error,
    summary: "a size nginx does not take, so that it does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/value/invalid-size.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, Unit::is_size, message);
}

fn message(name: &str, text: &str, unit: Unit) -> String {
    let takes = match unit {
        Unit::Count => return format!("`{text}` is no number of buffers for `{name}`: nginx does not start"),
        Unit::BufferSize => "more than no bytes, or a whole number of `k` or `m`",
        Unit::Offset => "bytes, or a whole number of `k`, `m` or `g`",
        _ => "bytes, or a whole number of `k` or `m`",
    };
    format!("`{text}` is no size for `{name}`, which takes {takes}: nginx does not start")
}
