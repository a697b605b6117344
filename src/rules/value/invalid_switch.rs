//! `value/invalid-switch`: a switch that is neither on nor off.

use super::report;
use crate::diagnostic::Severity;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::vocabulary::Class;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "value/invalid-switch",
    severity: Severity::Error,
    summary: "a switch nginx does not take, so that it does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/value/invalid-switch.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, Class::Switch, |fault| Some(fault.finding(fault.is_no("switch"))));
}
