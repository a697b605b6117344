//! `socket/mode-without-write`: `listen.mode` gives the gateway no write, which connecting takes.

use super::{Admission, Cause, refusals};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::access::Class;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "socket/mode-without-write",
    severity: Severity::Error,
    summary: "listen.mode gives the gateway no write, and without it nobody connects",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/socket/mode-without-write.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for refusal in refusals(context, Cause::Mode) {
        let (pool, socket) = (refusal.pool, &refusal.socket);
        let Some(mode) = pool.said("listen.mode") else { continue };
        let class = match refusal.class {
            Class::Owner => format!("its owner {}", socket.owner_name()),
            Class::Group | Class::Other => format!("its group {}", socket.group_name()),
        };
        let message = format!(
            "mode {} of the socket of pool [{}] gives {class} no write, and {} cannot connect without: {}",
            mode.value,
            pool.name,
            refusal.gateway(),
            refusal.outcome()
        );
        let mut diagnostic = Diagnostic::new(mode.span, message, "no write");
        let owner = if refusal.class == Class::Owner { socket.owner } else { socket.group };
        if let Some(owner) = owner {
            diagnostic = diagnostic.label(owner.span, format!("{} may connect by this", refusal.gateway()));
        }
        if let Some(admission) = Admission::of(socket, &refusal.callers, &context.files.users) {
            let fix = admission.edits(context, pool).map(|edits| Fix::safe("let the gateway write", edits));
            diagnostic = diagnostic.help(format!("write {}", admission.text())).fix(fix);
        }
        refusal.report(sink, diagnostic);
    }
}
