//! `compose/resolver-on-loopback`: nginx in a container asks the name server of the host.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::compose::ContainerId;
use crate::stack::nginx::Nginx;
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "compose/resolver-on-loopback",
    severity: Severity::Error,
    summary: "nginx in a container asks a name server that only the host has",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/compose/resolver-on-loopback.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let compose = &context.stack.compose;
    if compose.containers.is_empty() {
        return;
    }
    for nginx in &context.stack.nginx {
        if !looks_up(context, nginx) {
            continue;
        }
        for place in nginx.places(context.files).filter(|place| place.node.name() == "resolver") {
            let Some(home) = compose.home(place.node.at().file) else { continue };
            if compose.containers[home].has_own_network() && compose.is_gateway_alone(home) {
                sink.report_once(finding(context, place.node, home));
            }
        }
    }
}

/// Whether requests wait for a name: elsewhere a resolver is asked for certificates only.
fn looks_up(context: &Context<'_>, nginx: &Nginx) -> bool {
    let mut passes = nginx.places(context.files).filter(|place| place.node.name().ends_with("_pass"));
    let mut servers =
        nginx.upstreams.iter().flat_map(|group| nginx.here(context.files, group.scope, "server"));
    passes.any(|place| place.node.arg(0).is_some_and(|text| text.contains('$')))
        || servers.any(|server| server.args().any(|arg| arg == "resolve"))
}

/// systemd-resolved listens on these addresses of the host, and on no others.
fn is_of_host(server: &str) -> bool {
    let address = server.strip_suffix(":53").unwrap_or(server);
    matches!(address, "127.0.0.53" | "127.0.0.54")
}

fn finding(context: &Context<'_>, node: NodeRef<'_>, home: ContainerId) -> Option<Diagnostic> {
    let servers = node.args().take_while(|arg| !arg.contains('=')).count();
    let (server, span) = (node.arg(0)?, node.arg_span(0)?);
    if servers != 1 || !is_of_host(&server) {
        return None;
    }
    let container = &context.stack.compose.containers[home];
    let message = format!(
        "{server} is the container of `{}` itself, in which no name server listens: names are not found, and requests answer 502",
        container.name
    );
    let fix = Fix::safe("ask Docker", vec![Edit::replace(span, "127.0.0.11")]);
    Some(
        Diagnostic::new(span, message, "the name server of the host")
            .label(container.span, "in a container of its own")
            .note(format!(
                "nginx logs: send() failed (111: Connection refused) while resolving, resolver: {}:53",
                server.trim_end_matches(":53")
            ))
            .help("write `resolver 127.0.0.11;`, the name server Docker gives each container, which knows the services")
            .fix(fix),
    )
}
