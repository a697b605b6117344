//! `target/backend-denies-gateway`: the backend lets only others in, not the gateway that asks it.

use std::net::IpAddr;

use super::admission::{Denial, of_apache, of_nginx};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Gateway, Hop, Leg, Owner, Protocol};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/backend-denies-gateway",
    severity: Severity::Error,
    summary: "the backend lets only others in, not the gateway that asks it",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/target/backend-denies-gateway.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let hops = context.stack.hops.iter();
    for hop in hops.filter(|hop| matches!(hop.protocol, Protocol::Http | Protocol::Https)) {
        for leg in hop.legs.iter().filter(|leg| !leg.down) {
            let Some(denial) = denial(context, hop, leg) else { continue };
            sink.report_once(finding(context, hop, leg, denial));
        }
    }
}

/// What keeps a gateway out, if something certainly does.
fn denial<'a>(context: &Context<'a>, hop: &Hop, leg: &Leg) -> Option<Denial<'a>> {
    let source = source(leg)?;
    let mut listeners = context.stack.listeners_at(leg);
    let listener = listeners.next().filter(|_| listeners.next().is_none())?;
    let found = match (listener.owner, &leg.endpoint) {
        (Owner::Nginx(index, server), _) => of_nginx(context, &context.stack.nginx[index], server, source),
        (Owner::Apache(index), Endpoint::Tcp { port, .. }) => {
            of_apache(context, &context.stack.apache[index], *port, source)
        }
        _ => None,
    };
    found.filter(|_| !is_bound(context, hop))
}

/// The address a gateway comes from: on one machine the one it goes to.
fn source(leg: &Leg) -> Option<IpAddr> {
    let Endpoint::Tcp { host, .. } = &leg.endpoint else { return None };
    let host = if host == "localhost" { "127.0.0.1" } else { host };
    host.parse().ok().filter(|_| leg.endpoint.is_loopback())
}

/// Whether a gateway is told which of its addresses to come from.
fn is_bound(context: &Context<'_>, hop: &Hop) -> bool {
    match hop.gateway {
        Gateway::Nginx(index) => {
            context.stack.nginx[index].find(context.files, hop.scope, "proxy_bind").is_some()
        }
        Gateway::Apache(index) => {
            context.stack.apache[index].everywhere("proxysourceaddress").next().is_some()
        }
    }
}

fn finding(context: &Context<'_>, hop: &Hop, leg: &Leg, denial: Denial<'_>) -> Diagnostic {
    let Denial { line, server, source, text, edit, log } = denial;
    let gateway = match hop.gateway {
        Gateway::Nginx(_) => "nginx",
        Gateway::Apache(_) => "Apache",
    };
    let message = format!(
        "{gateway} comes from {source}, and this {server} lets it not in: all that goes through {gateway} answers 403"
    );
    let from = if leg.at == hop.at { hop.span } else { context.files.node(leg.at).head() };
    Diagnostic::new(line.head(), message, format!("leaves {source} out"))
        .label(from, "asks it")
        .note(log)
        .help(format!("write `{text}`"))
        .fix(edit.map(|edit| Fix::risky(format!("let {source} in"), vec![edit])))
}
