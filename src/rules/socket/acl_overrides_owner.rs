//! `socket/acl-overrides-owner`: the socket of a pool has an owner, and an ACL that takes its place.

use super::{Cause, left_out, refusals};
use crate::diagnostic::Severity;
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "socket/acl-overrides-owner",
    severity: Severity::Error,
    summary: "listen.acl_users overrides listen.owner and leaves the gateway out",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/socket/acl-overrides-owner.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for refusal in refusals(context, Cause::Acl) {
        let Some(mut diagnostic) = left_out(context, &refusal) else { continue };
        for entry in [refusal.socket.owner, refusal.socket.group].into_iter().flatten() {
            diagnostic = diagnostic.label(entry.span, "ignored, as there is an ACL");
        }
        refusal.report(sink, diagnostic);
    }
}
