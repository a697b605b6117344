//! `compose/published-port`: a gateway calls the port a service has on the host, not its own.

use super::super::target::log_line;
use super::{Call, Part, calls};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::compose::{ContainerId, Port};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "compose/published-port",
    severity: Severity::Error,
    summary: "a gateway in a container calls the port a service has on the host",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/compose/published-port.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let compose = &context.stack.compose;
    for call in calls(context) {
        let Some(target) = call.target(compose) else { continue };
        let container = &compose.containers[target];
        let mut mapped = container.ports.iter().filter(|port| port.published == Some(call.port));
        let unknown = container.ports_open || container.open || compose.listens(target, call.port);
        if let (Some(port), None, false) = (mapped.next(), mapped.next(), unknown) {
            sink.report(finding(context, &call, target, *port));
        }
    }
}

fn finding(context: &Context<'_>, call: &Call<'_>, target: ContainerId, port: Port) -> Diagnostic {
    let name = &context.stack.compose.containers[target].name;
    let (own, called) = (port.target, call.port);
    let status = call.hop.gateway.unreachable_status();
    let message = format!(
        "{called} is the port of `{name}` on the host, in the container it is {own}: every request answers {status}"
    );
    let edit = call.rewrite(context, Part::Port, &own.to_string());
    call.finding(message)
        .label(port.span, format!("the host's port, then that of `{name}`"))
        .note(log_line(call.hop, call.leg))
        .help(format!("call {}:{own}", call.host))
        .fix(edit.map(|edit| Fix::safe(format!("call port {own}"), vec![edit])))
}
