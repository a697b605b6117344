//! `value/invalid-time`: a time nginx does not take.

use super::{Unit, report};
use crate::diagnostic::Severity;
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "value/invalid-time",
    severity: Severity::Error,
    summary: "a time nginx does not take, so that it does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/value/invalid-time.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, |unit| !unit.is_size(), message);
}

fn message(name: &str, text: &str, unit: Unit) -> String {
    let units = if unit == Unit::Seconds { "`s`, `m`, `h` or `d`" } else { "`ms`, `s`, `m`, `h` or `d`" };
    format!(
        "`{text}` is no time for `{name}`, which takes seconds or a whole number of {units}: nginx does not start"
    )
}
