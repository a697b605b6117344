//! `service/bind-mismatch`: an application server listens elsewhere than the gateway calls.

use super::{missed, report};
use crate::diagnostic::Severity;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Owner;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "service/bind-mismatch",
    severity: Severity::Error,
    summary: "an application server listens elsewhere than the gateway calls",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/service/bind-mismatch.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for missed in missed(context) {
        if let Owner::App(app) = missed.listener.owner {
            report(context, sink, &missed, &context.stack.services.apps[app].title());
        }
    }
}
