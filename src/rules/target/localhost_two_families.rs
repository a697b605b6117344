//! `target/localhost-two-families`: `localhost` is two addresses, and somebody listens on one of them.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Gateway, Hop, Leg, Listener, Owner};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/localhost-two-families",
    severity: Severity::Warning,
    summary: "localhost is two addresses, and somebody listens on one of them",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/target/localhost-two-families.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    if !is_two(context) {
        return;
    }
    for hop in context.stack.hops.iter().filter(|hop| matches!(hop.gateway, Gateway::Nginx(_))) {
        for leg in hop.legs.iter().filter(|leg| !leg.down) {
            let listeners: Vec<_> = context.stack.listeners_at(leg).collect();
            let Some(first) = listeners.first().copied() else { continue };
            let hosts: HashSet<_> = listeners.iter().map(|listener| host(&listener.endpoint)).collect();
            let one = hosts.len() == 1 && matches!(host(&first.endpoint), Some("127.0.0.1" | "::1"));
            if host(&leg.endpoint) == Some("localhost") && one {
                sink.report_once(of_gateway(context, hop, leg, first));
            }
        }
    }
    for listener in
        context.stack.listeners.iter().filter(|listener| matches!(listener.owner, Owner::Pool(..)))
    {
        let called = |hop: &&Hop| {
            hop.legs.iter().any(|leg| {
                host(&leg.endpoint) == Some("127.0.0.1") && leg.endpoint.reaches(&listener.endpoint)
            })
        };
        if host(&listener.endpoint) == Some("localhost")
            && let Some(hop) = context.stack.hops.iter().find(called)
        {
            sink.report(of_pool(context, hop, listener));
        }
    }
}

/// Whether the machine has `localhost` for `::1`, too.
fn is_two(context: &Context<'_>) -> bool {
    let Ok(hosts) = context.disk.read(&context.files.root.join("etc/hosts")) else { return false };
    String::from_utf8_lossy(&hosts).lines().any(|line| {
        let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
        words.next() == Some("::1") && words.any(|name| name == "localhost")
    })
}

fn host(endpoint: &Endpoint) -> Option<&str> {
    match endpoint {
        Endpoint::Tcp { host, .. } => Some(host),
        _ => None,
    }
}

fn of_gateway(context: &Context<'_>, hop: &Hop, leg: &Leg, listener: &Listener) -> Diagnostic {
    let to = &listener.shown;
    let other = if host(&listener.endpoint) == Some("::1") { "127.0.0.1" } else { "::1" };
    let message = format!(
        "`localhost` is 127.0.0.1 and ::1 to nginx, and only {to} is listened on: after errors of both nginx answers 502 for a while"
    );
    // The name goes along as Host, unless that is said, or the name of a group does.
    let said = context
        .stack
        .nginx_of(hop)
        .is_some_and(|nginx| nginx.list(context.files, hop.scope, "proxy_set_header").is_some());
    let build = if said || leg.at != hop.at || hop.protocol.nginx_prefix() != "proxy" {
        Fix::safe
    } else {
        Fix::risky
    };
    Diagnostic::new(leg.span, message, "two addresses")
        .label(listener.span, "one of them is listened on here")
        .note(format!("nginx logs: connect() failed (111: Connection refused) while connecting to upstream, of {other}, then: upstream server temporarily disabled"))
        .help(format!("write `{to}`"))
        .fix(leg.redirect(listener).map(|edit| build(format!("call {to}"), vec![edit])))
}

/// FPM listens on the first address of a name, which is `::1`.
fn of_pool(context: &Context<'_>, hop: &Hop, listener: &Listener) -> Diagnostic {
    let text = context.sources.text(listener.span);
    let edit = text.find("localhost").map(|at| {
        let lo = listener.span.lo + at as u32;
        Edit::replace(crate::source::Span::new(lo, lo + "localhost".len() as u32), "127.0.0.1")
    });
    let message = "PHP-FPM listens on the first address of `localhost`, ::1, and the gateway calls 127.0.0.1: requests answer 502";
    Diagnostic::new(listener.span, message, "::1 alone")
        .label(hop.span, "called here")
        .note("PHP-FPM logs: Found multiple addresses for localhost, … ignored; nginx logs: connect() failed (111: Connection refused) while connecting to upstream")
        .help("write `127.0.0.1`")
        .fix(edit.map(|edit| Fix::safe("listen on 127.0.0.1", vec![edit])))
}
