//! `socket/owner-missing`: a pool does not say who owns its socket, and root does.

use super::{Admission, Cause, refusals};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "socket/owner-missing",
    severity: Severity::Error,
    summary: "a pool does not say who owns its socket, so only root may connect",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/socket/owner-missing.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for refusal in refusals(context, Cause::NoOwner) {
        // Without `user` a master that is root does not start, and the socket of any other is its own.
        let (pool, who) = (refusal.pool, &refusal.who);
        let Some(listen) = pool.get("listen").filter(|_| pool.said("user").is_some()) else { continue };
        let message = format!(
            "pool [{}] does not say who owns its socket, so root does, and {} may not connect: {}",
            pool.name,
            refusal.gateway(),
            refusal.outcome()
        );
        let made = format!("FPM makes it as root:root {:04o}", refusal.socket.mode);
        let mut diagnostic = Diagnostic::new(listen.span, message, made);
        if let Some(user) = pool.said("user").filter(|user| user.value == who.user) {
            diagnostic =
                diagnostic.label(user.span, "this is who the scripts run as, not who owns the socket");
        }
        let admission = Admission::of(&refusal.socket, &refusal.callers, &context.files.users);
        if let Some(admission) = admission {
            let title = format!("let {} connect", refusal.gateway());
            let fix = admission.edits(context, pool).map(|edits| Fix::safe(title, edits));
            diagnostic = diagnostic.help(format!("add {}", admission.text())).fix(fix);
        } else {
            diagnostic = diagnostic.help("name the users of all gateways in `listen.acl_users`");
        }
        refusal.report(sink, diagnostic);
    }
}
