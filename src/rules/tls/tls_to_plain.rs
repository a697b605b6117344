//! `tls/tls-to-plain`: a gateway speaks TLS to a port where plain HTTP is spoken.

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Listener;
use crate::stack::hop::Protocol::{Http, Https};
use crate::stack::mismatch::Mismatch;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "tls/tls-to-plain",
    severity: Severity::Error,
    summary: "a gateway speaks TLS to a port where plain HTTP is spoken",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/tls/tls-to-plain.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for wrong in Mismatch::find(context.stack, |from, to| from == Https && to == Http) {
        sink.report(finding(context, &wrong));
    }
}

fn finding(context: &Context<'_>, wrong: &Mismatch<'_>) -> Diagnostic {
    let (status, log) = wrong.answer();
    let (target, who) = (&wrong.leg.shown, wrong.who(context.stack));
    let message = format!(
        "TLS is spoken to {target}, where {who} speaks plain HTTP: {} answers {status}",
        wrong.requests()
    );
    let other = idle_tls(context, wrong.listener);
    // What does not leave the machine loses nothing, unless another port was meant.
    let sure = wrong.leg.endpoint.is_loopback() && other.is_none();
    let build = if sure { Fix::safe } else { Fix::risky };
    let edits = wrong.scheme_edits(context.stack, context.files, "http");
    let help = match other {
        Some(other) => format!("write `http://{target}`, or call {}, where {who} speaks TLS", other.shown),
        None => format!("write `http://{target}`, or let {who} speak TLS there"),
    };
    Diagnostic::new(wrong.span(context.files), message, "speaks TLS")
        .label(wrong.listener.span, format!("{who} speaks plain HTTP here"))
        .note(log)
        .help(help)
        .fix(edits.map(|edits| build("speak plain HTTP", edits)))
}

/// A port of TLS of this machine that is not called, and no port of the public.
fn idle_tls<'a>(context: &Context<'a>, plain: &Listener) -> Option<&'a Listener> {
    let stack = context.stack;
    let same = |other: &&Listener| {
        std::mem::discriminant(&other.owner) == std::mem::discriminant(&plain.owner)
            && other.protocol == Some(Https)
            && !other.shown.to_string().ends_with(":443")
    };
    stack.listeners.iter().filter(same).find(|other| !stack.is_called(other))
}
