//! `socket/world-writable`: every user of the machine may have a pool run scripts.

use super::{Admission, gateway};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::access::{Caller, Socket};
use crate::stack::fpm::Pool;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "socket/world-writable",
    severity: Severity::Hint,
    summary: "every user of the machine may connect to the socket of a pool and have it run scripts",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/socket/world-writable.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (_, pool) in context.stack.pools() {
        let callers = context.stack.callers(context.files, pool);
        let Some(socket) = Socket::of(pool).filter(|socket| socket.mode & 0o002 != 0) else { continue };
        if !callers.is_empty() {
            sink.report(finding(context, pool, socket, &callers));
        }
    }
}

fn finding(context: &Context<'_>, pool: &Pool, socket: Socket<'_>, callers: &[Caller<'_>]) -> Diagnostic {
    let message = format!(
        "every user of this machine may connect to pool [{}] and have it run scripts as {}",
        pool.name,
        pool.said("user").map_or("its user", |user| &user.value)
    );
    let place = pool.said("listen.mode").map_or(pool.name_span, |mode| mode.span);
    let mut diagnostic = Diagnostic::new(place, message, "write for all");
    for caller in callers.iter().take(1) {
        diagnostic = diagnostic.label(caller.hop.span, format!("only {} calls it", gateway(caller.hop)));
    }
    match narrowed(context, pool, socket, callers) {
        Some((text, fix)) => diagnostic.help(format!("write {text}")).fix(fix),
        None => diagnostic.help("write `listen.mode = 0660`, and give the socket to the gateway by `listen.owner` and `listen.group`"),
    }
}

/// The mode without the write for all, and whatever the gateways then need to get in.
fn narrowed(
    context: &Context<'_>,
    pool: &Pool,
    mut socket: Socket<'_>,
    callers: &[Caller<'_>],
) -> Option<(String, Fix)> {
    let mode = pool.said("listen.mode")?;
    if callers.iter().any(|caller| caller.identity.is_none()) {
        return None;
    }
    socket.mode = 0o660;
    let admission = Admission::of(&socket, callers, &context.files.users).filter(|_| !socket.has_acl())?;
    let mut all = vec![edits::restate(context.files.node(mode.at), "0660")];
    all.extend(admission.edits(context, pool)?);
    let text = match admission.text() {
        none if none.is_empty() => "`listen.mode = 0660`".to_owned(),
        others => format!("`listen.mode = 0660`, {others}"),
    };
    Some((text, Fix::risky("let only the gateway connect", all)))
}
