//! `service/socket-activation-mismatch`: the gateway calls what the service says, and systemd listens elsewhere for it.

use std::collections::HashSet;

use super::super::target::log_line;
use super::{missed, report};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::{Hop, Leg, Owner};
use crate::stack::services::{Activation, App, Bind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "service/socket-activation-mismatch",
    severity: Severity::Error,
    summary: "systemd listens elsewhere for a service than the gateway calls",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/service/socket-activation-mismatch.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for hop in &context.stack.hops {
        for leg in hop.legs.iter().filter(|leg| !leg.down && !context.stack.is_answered(leg)) {
            if let Some((app, bind, socket)) = taken_over(context, leg)
                && seen.insert(leg.at)
            {
                sink.report_some(finding(context, hop, leg, app, bind, socket));
            }
        }
    }
    for missed in missed(context) {
        if let Owner::Socket(socket) = missed.listener.owner
            && seen.insert(missed.leg.at)
        {
            let unit = context.stack.services.sockets[socket].unit;
            report(context, sink, &missed, &context.stack.services.units[unit].name);
        }
    }
}

/// The program that would listen where a leg goes, had not systemd handed it another socket.
fn taken_over<'a>(context: &Context<'a>, leg: &Leg) -> Option<(&'a App, &'a Bind, &'a Activation)> {
    let services = &context.stack.services;
    services.apps.iter().filter(|app| app.activated).find_map(|app| {
        let bind = app.unused.iter().find(|bind| leg.endpoint.reaches(&bind.endpoint))?;
        let socket = services.sockets.iter().find(|socket| socket.service == app.unit)?;
        Some((app, bind, socket))
    })
}

fn finding(
    context: &Context<'_>,
    hop: &Hop,
    leg: &Leg,
    app: &App,
    bind: &Bind,
    socket: &Activation,
) -> Option<Diagnostic> {
    let at = socket.binds.first()?;
    let unit = &context.stack.services.units[socket.unit].name;
    let status = hop.gateway.unreachable_status();
    let (to, target, name) = (&at.shown, &leg.shown, app.program.name);
    let message = format!(
        "systemd listens on {to} for {}, and {name} leaves its own {target} alone: every request answers {status}",
        app.name
    );
    let text = target.to_string();
    let written = text.strip_prefix("unix:").unwrap_or(&text).to_owned();
    let fix = at.value.filter(|_| socket.binds.len() == 1);
    let fix = fix.map(|span| {
        Fix::risky(format!("make {unit} listen on {target}"), vec![Edit::replace(span, written.clone())])
    });
    Some(
        Diagnostic::new(leg.span, message, "called here")
            .label(at.span, "systemd listens here")
            .label(bind.span, "not used: gunicorn is handed the socket of systemd")
            .note(log_line(hop, leg))
            .help(format!("write `ListenStream={written}` in {unit}, or call {to}"))
            .fix(fix),
    )
}
