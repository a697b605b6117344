//! `target/unix-tcp-mismatch`: a gateway calls a port and the pool listens on a socket, or the reverse.

use super::{Case, report_php};
use crate::diagnostic::Severity;
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/unix-tcp-mismatch",
    severity: Severity::Error,
    summary: "a gateway calls a port and the pool listens on a socket, or the reverse",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/target/unix-tcp-mismatch.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report_php(context, sink, Case::UnixTcp);
}
