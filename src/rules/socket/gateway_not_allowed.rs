//! `socket/gateway-not-allowed`: the socket of a pool belongs to others than the gateway that calls it.

use super::{Admission, Cause, Refusal, left_out, refusals};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "socket/gateway-not-allowed",
    severity: Severity::Error,
    summary: "the socket of a pool belongs to others than the gateway that calls it",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/socket/gateway-not-allowed.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for refusal in refusals(context, Cause::Others) {
        let found = left_out(context, &refusal).or_else(|| of_others(context, &refusal));
        if let Some(diagnostic) = found {
            refusal.report(sink, diagnostic);
        }
    }
}

/// The finding at owner or group.
fn of_others(context: &Context<'_>, refusal: &Refusal<'_>) -> Option<Diagnostic> {
    let socket = &refusal.socket;
    let place = socket.owner.or(socket.group)?;
    // Somebody who is not there at all is the matter of fpm/unknown-user.
    if socket.owner.is_some_and(|owner| context.files.users.lacks(&owner.value)) {
        return None;
    }
    let message = format!(
        "the socket of pool [{}] is for {}, and {} runs as {}: {}",
        refusal.pool.name,
        belongs_to(refusal),
        refusal.gateway(),
        refusal.who.user,
        refusal.outcome()
    );
    let mut diagnostic = Diagnostic::new(place.span, message, "may connect");
    if let Some(group) = socket.group.filter(|group| group.at != place.at) {
        let text = if socket.mode & 0o020 == 0 { "may not connect, by the mode" } else { "may connect" };
        diagnostic = diagnostic.label(group.span, text);
    }
    let Some(admission) = Admission::of(socket, &refusal.callers, &context.files.users) else {
        return Some(diagnostic.help("name the users of all gateways in `listen.acl_users`"));
    };
    let title = format!("let {} connect", refusal.gateway());
    let fix = admission.edits(context, refusal.pool).map(|edits| Fix::safe(title, edits));
    Some(diagnostic.help(format!("write {}", admission.text())).fix(fix))
}

/// Who the socket belongs to, as far as the mode lets them in.
fn belongs_to(refusal: &Refusal<'_>) -> String {
    let socket = &refusal.socket;
    let (owner, group) = (socket.owner_name(), socket.group_name());
    match (socket.mode & 0o200 != 0, socket.mode & 0o020 != 0) {
        (true, false) => format!("user {owner} alone"),
        (false, true) => format!("group {group} alone"),
        (true, true) => format!("user {owner} and group {group}"),
        (false, false) => "nobody".to_owned(),
    }
}
