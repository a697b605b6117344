//! `compose/loopback-upstream`: a gateway in a container calls itself, and another container is meant.

use super::super::target::log_line;
use super::{Call, Part, calls};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::compose::ContainerId;
use crate::stack::hop::Owner;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "compose/loopback-upstream",
    severity: Severity::Error,
    summary: "a gateway in a container calls itself, and another container is meant",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/compose/loopback-upstream.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for call in calls(context).iter().filter(|call| call.leg.endpoint.is_loopback()) {
        let meant = if is_deserted(context, call) { listening(context, call) } else { Vec::new() };
        if let Some(&(first, port)) = meant.first() {
            sink.report(finding(context, call, first, port, meant.len() == 1));
        }
    }
}

/// Whether nothing listens on the port in the container of the gateway itself.
fn is_deserted(context: &Context<'_>, call: &Call<'_>) -> bool {
    let compose = &context.stack.compose;
    let joined = |id: ContainerId| {
        let mode = compose.containers[id].network_mode.as_deref().unwrap_or_default();
        mode.strip_prefix("service:").is_some_and(|name| compose.called(call.from, name) == Some(call.from))
    };
    let mut own = context.stack.listeners_at(call.leg);
    let own = own.any(|at| match at.owner {
        // Pools in sight that belong to another container do not listen here.
        Owner::Pool(..) => {
            let home = compose.home(context.sources.file_id(at.span));
            home.is_none() || home == Some(call.from)
        }
        _ => true,
    });
    !own && compose.is_gateway_alone(call.from)
        && !compose.listens(call.from, call.port)
        && !compose.project(call.from).containers.iter().any(|&id| joined(id))
}

/// The other services that listen on the port, or have it on the host, each with its own port.
fn listening(context: &Context<'_>, call: &Call<'_>) -> Vec<(ContainerId, u16)> {
    let compose = &context.stack.compose;
    let others = compose.project(call.from).containers.iter().copied();
    let others = others.filter(|&id| id != call.from && compose.containers[id].has_own_network());
    let others: Vec<ContainerId> = others.collect();
    let own: Vec<_> =
        others.iter().filter(|&&id| compose.listens(id, call.port)).map(|&id| (id, call.port)).collect();
    if !own.is_empty() {
        return own;
    }
    let published = |id: ContainerId| {
        let ports = compose.containers[id].ports.iter();
        ports.filter(|port| port.published == Some(call.port)).map(move |port| (id, port.target))
    };
    others.into_iter().flat_map(published).collect()
}

fn finding(context: &Context<'_>, call: &Call<'_>, meant: ContainerId, port: u16, alone: bool) -> Diagnostic {
    let compose = &context.stack.compose;
    let (own, name) = (&compose.containers[call.from].name, &compose.containers[meant].name);
    let status = call.hop.gateway.unreachable_status();
    let message = format!(
        "{} is the container of `{own}` itself, and `{name}` listens on {port}: every request answers {status}",
        call.leg.shown
    );
    let found = call
        .finding(message)
        .label(compose.span(meant), "this is another container")
        .note(log_line(call.hop, call.leg));
    if !alone {
        return found.help(format!("call the service that is meant by its name, such as {name}:{port}"));
    }
    let edit = call.rewrite(context, Part::Both, &format!("{name}:{port}"));
    let edit = edit.filter(|_| compose.share_network(call.from, meant));
    found
        .help(format!("call {name}:{port}: services reach each other by their names"))
        .fix(edit.map(|edit| Fix::safe(format!("call {name}:{port}"), vec![edit])))
}
