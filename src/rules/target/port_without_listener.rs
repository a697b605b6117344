//! `target/port-without-listener`: a gateway calls a port of this machine nobody listens on.

use std::collections::HashSet;

use super::{Case, report_php, status};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::Apache;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Gateway, Hop, Leg, Listener, Owner, Protocol};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/port-without-listener",
    severity: Severity::Error,
    summary: "a gateway calls a port of this machine nobody listens on",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/target/port-without-listener.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report_php(context, sink, Case::Port);
    let mut seen = HashSet::new();
    for hop in
        context.stack.hops.iter().filter(|hop| matches!(hop.protocol, Protocol::Http | Protocol::Https))
    {
        for leg in hop.legs.iter().filter(|leg| !leg.down && leg.endpoint.is_loopback()) {
            let Endpoint::Tcp { port, .. } = leg.endpoint else { continue };
            let contained = context.stack.compose.home(leg.at.file).is_some();
            if contained || context.stack.is_answered(leg) || !seen.insert(leg.at) {
                continue;
            }
            if let Some(found) = vhost_without_listen(context, hop, leg, port) {
                sink.report(found);
            } else if let Some(listener) = idle_backend(context, hop) {
                sink.report_as(Severity::Warning, moved_backend(hop, leg, listener));
            }
        }
    }
}

/// A virtual host is there for the port, and no `Listen` opens it.
fn vhost_without_listen(context: &Context<'_>, hop: &Hop, leg: &Leg, port: u16) -> Option<Diagnostic> {
    let apaches = context.stack.apache.iter().enumerate().filter(|(_, apache)| apache.whole);
    let (_, apache, vhost) = apaches
        .flat_map(|(index, apache)| apache.vhosts().map(move |vhost| (index, apache, vhost)))
        .find(|(_, apache, vhost)| names_port(apache, *vhost, port))?;
    let node = apache.node(context.files, vhost)?;
    let message = format!(
        "Apache has a virtual host for port {port} and no `Listen {port}`: requests from here answer {}",
        status(hop)
    );
    let mut diagnostic = Diagnostic::new(leg.span, message, "called here")
        .label(node.head(), format!("this virtual host is for port {port}"))
        .note(refused(hop, leg))
        .help(format!("write `Listen {port}` where Apache listens"));
    if let Some((listen, edit)) = listen_edit(context, apache, port) {
        diagnostic = diagnostic
            .label(listen, "Apache listens here")
            .fix(Fix::risky(format!("make Apache listen on port {port}"), vec![edit]));
    }
    Some(diagnostic)
}

fn names_port(apache: &Apache, vhost: crate::stack::nginx::ScopeId, port: u16) -> bool {
    let args = &apache.section(vhost).args;
    args.iter().any(|arg| arg.value.rsplit_once(':').is_some_and(|(_, text)| text.parse() == Ok(port)))
}

/// Moves the one `Listen` no virtual host is for to `port`, or adds a line below the last one.
fn listen_edit(context: &Context<'_>, apache: &Apache, port: u16) -> Option<(crate::source::Span, Edit)> {
    let listens: Vec<_> = apache.everywhere("listen").map(|(_, entry)| entry).collect();
    let port_of = |text: &str| text.rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
    let unused = listens.iter().filter(|entry| {
        let listened = entry.value(0).and_then(port_of);
        listened.is_some_and(|port| !apache.vhosts().any(|vhost| apache.answers_port(vhost, port)))
    });
    let unused: Vec<_> = unused.collect();
    if let [entry] = unused.as_slice() {
        let arg = entry.args.first()?;
        let digits = port_of(&arg.value)?.to_string().len();
        let span = arg.part(arg.value.len() - digits, arg.value.len())?;
        return Some((entry.span(context.files), Edit::replace(span, port.to_string())));
    }
    let last = listens.last()?;
    let host = last.value(0)?.rsplit_once(':').map_or(String::new(), |(host, _)| format!("{host}:"));
    let node = context.files.node(last.at);
    let edit = crate::edits::insert_line_after(node, &format!("Listen {host}{port}"));
    Some((node.head(), edit))
}

/// The one HTTP listener of another gateway that nobody calls and that is no front: where the hop
/// was meant to go.
fn idle_backend<'a>(context: &Context<'a>, hop: &Hop) -> Option<&'a Listener> {
    let stack = context.stack;
    let other_gateway = |listener: &&Listener| match (listener.owner, hop.gateway) {
        (Owner::Apache(index), Gateway::Nginx(_)) => stack.apache[index].whole,
        (Owner::Nginx(index, _), Gateway::Apache(_)) => {
            stack.nginx[index].whole && is_loopback(&listener.endpoint)
        }
        _ => false,
    };
    let behind = stack.listeners.iter().filter(other_gateway);
    let idle: Vec<_> = behind.filter(|listener| !stack.is_called(listener)).collect();
    if idle.iter().any(|listener| is_front(&listener.endpoint)) || !all_dead(context, hop) {
        return None;
    }
    let plain: Vec<_> = idle.into_iter().filter(|listener| listener.protocol == Some(hop.protocol)).collect();
    match plain.as_slice() {
        [listener] => Some(listener),
        _ => None,
    }
}

/// A group of which one server is known to be something else says nothing about the others.
fn all_dead(context: &Context<'_>, hop: &Hop) -> bool {
    hop.legs.iter().all(|leg| {
        let tcp = matches!(leg.endpoint, Endpoint::Tcp { .. }) && leg.endpoint.is_loopback();
        tcp && !context.stack.is_answered(leg)
    })
}

fn is_loopback(endpoint: &Endpoint) -> bool {
    matches!(endpoint, Endpoint::Tcp { host, .. } if host != "*") && endpoint.is_loopback()
}

fn is_front(endpoint: &Endpoint) -> bool {
    matches!(endpoint, Endpoint::Tcp { port: 80 | 443, .. })
}

fn moved_backend(hop: &Hop, leg: &Leg, listener: &Listener) -> Diagnostic {
    let who = if matches!(listener.owner, Owner::Apache(_)) { "Apache" } else { "nginx" };
    let (target, to) = (&leg.shown, &listener.shown);
    let message = format!(
        "nothing in sight listens on {target}, while {who} listens on {to} and is not called: requests from here answer {}",
        status(hop)
    );
    let fix = leg.redirect(listener).map(|edit| Fix::risky(format!("call {to}"), vec![edit]));
    Diagnostic::new(leg.span, message, "called here")
        .label(listener.span, format!("{who} listens on {to}"))
        .note(refused(hop, leg))
        .help(format!("call {to}, or start what listens on {target}"))
        .fix(fix)
}

fn refused(hop: &Hop, leg: &Leg) -> String {
    match hop.gateway {
        Gateway::Nginx(_) => {
            "nginx logs: connect() failed (111: Connection refused) while connecting to upstream".to_owned()
        }
        Gateway::Apache(_) => {
            format!(
                "Apache logs: (111)Connection refused: AH00957: HTTP: attempt to connect to {} failed",
                leg.shown
            )
        }
    }
}
