//! `value/invalid-number`: a number nginx does not take.

use super::report;
use crate::diagnostic::Severity;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::vocabulary::Class;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "value/invalid-number",
    severity: Severity::Error,
    summary: "a number nginx does not take, so that it does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/value/invalid-number.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, Class::Number, |fault| Some(fault.finding(fault.is_no("number"))));
}
