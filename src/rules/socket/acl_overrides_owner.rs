//! `socket/acl-overrides-owner`: the socket of a pool has an ACL, and the gateway is not in it.

use super::{Cause, Refusal, refusals};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "socket/acl-overrides-owner",
    severity: Severity::Error,
    summary: "listen.acl_users is set, which overrides listen.owner, and leaves the gateway out",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/socket/acl-overrides-owner.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for refusal in refusals(context, Cause::Acl) {
        let socket = &refusal.socket;
        let Some(acl) = socket.acl_users.or(socket.acl_groups) else { continue };
        let message = format!(
            "the ACL of the socket of pool [{}] leaves out {}, the user {} runs as: {}",
            refusal.pool.name,
            refusal.who.user,
            refusal.gateway(),
            refusal.outcome()
        );
        let mut diagnostic = Diagnostic::new(acl.span, message, "only these may connect");
        for key in ["listen.owner", "listen.group"] {
            if let Some(entry) = refusal.pool.said(key) {
                diagnostic = diagnostic.label(entry.span, "ignored, as there is an ACL");
            }
        }
        diagnostic = with_fix(context, &refusal, diagnostic);
        refusal.report(sink, diagnostic);
    }
}

/// Adds the gateway to the users; nobody who is in goes out.
fn with_fix(context: &Context<'_>, refusal: &Refusal<'_>, diagnostic: Diagnostic) -> Diagnostic {
    let who = &refusal.who.user;
    let title = format!("let {} connect", refusal.gateway());
    let (line, edit) = match (refusal.socket.acl_users, refusal.socket.acl_groups) {
        (Some(users), _) => {
            let list = format!("{},{who}", users.value);
            let edit = edits::restate(context.files.node(users.at), &list);
            (format!("listen.acl_users = {list}"), edit)
        }
        (None, Some(groups)) => {
            let node = context.files.node(groups.at);
            let edit = edits::insert_line_after(node, &edits::key_like(node, "listen.acl_users", who));
            (format!("listen.acl_users = {who}"), edit)
        }
        (None, None) => return diagnostic,
    };
    diagnostic.help(format!("write `{line}`")).fix(Fix::safe(title, vec![edit]))
}
