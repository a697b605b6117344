//! `target/socket-without-listener`: a gateway calls a socket no pool listens on.

use super::{Case, report_php};
use crate::diagnostic::Severity;
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/socket-without-listener",
    severity: Severity::Error,
    summary: "a gateway calls a socket no pool listens on",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/target/socket-without-listener.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report_php(context, sink, Case::Socket);
}
