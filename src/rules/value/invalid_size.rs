//! `value/invalid-size`: a size nginx does not take.

use super::report;
use crate::diagnostic::Severity;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::vocabulary::Class;

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
    report(context, sink, Class::Size, |fault| Some(fault.finding(fault.is_no("size"))));
}
