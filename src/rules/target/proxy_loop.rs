//! `target/proxy-loop`: a gateway hands requests to itself, alone or through another one.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Gateway, Hop, Listener, Owner};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/proxy-loop",
    severity: Severity::Error,
    summary: "a gateway hands requests to itself, alone or through another one",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/target/proxy-loop.md"),
    check,
};

/// A way that is longer than this is given up.
const STEPS: usize = 12;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for hop in context.stack.hops.iter().filter(|hop| leads_home(context, hop)) {
        if seen.contains(&hop.at) {
            continue;
        }
        if let Some(circle) = circle(context, hop) {
            let new = !circle.iter().any(|hop| seen.contains(&hop.at));
            seen.extend(circle.iter().map(|hop| hop.at));
            if new {
                sink.report_some(finding(context, &circle));
            }
        }
    }
}

/// Whether a gateway in sight is on the other end, so that it is worth to follow a request.
fn leads_home(context: &Context<'_>, hop: &Hop) -> bool {
    let gateway = |listener: &Listener| matches!(listener.owner, Owner::Nginx(..) | Owner::Apache(_));
    hop.legs.iter().any(|leg| context.stack.listeners_at(leg).any(gateway))
}

/// The hops that a request goes through until it is back at the first one.
fn circle<'a>(context: &Context<'a>, first: &'a Hop) -> Option<Vec<&'a Hop>> {
    let mut request = context.stack.example(context.files, first)?;
    let mut way = vec![first];
    for _ in 0..STEPS {
        let (hop, sent) = context.stack.next_hop(context.files, way[way.len() - 1], &request)?;
        let back = way.iter().position(|other| other.at == hop.at && other.scope == hop.scope);
        way.push(hop);
        request = sent;
        // The second time the path may be longer, and lead elsewhere in the end.
        if back == Some(0) && way.iter().filter(|other| other.at == first.at).count() > 3 {
            let length = way.iter().skip(1).position(|other| other.at == first.at)? + 1;
            way.truncate(length);
            return Some(way);
        }
        if back.is_some_and(|back| back > 0) && way[..way.len() - 1].iter().all(|other| other.at != hop.at) {
            return None;
        }
    }
    None
}

fn finding(context: &Context<'_>, circle: &[&Hop]) -> Option<Diagnostic> {
    let (last, before) = circle.split_last()?;
    let leg = last.legs.iter().find(|leg| !leg.down)?;
    let gateway = match last.gateway {
        Gateway::Nginx(_) => "nginx",
        Gateway::Apache(_) => "Apache",
    };
    let message = if before.is_empty() {
        format!(
            "{gateway} listens on {} itself: each request becomes another one, until nothing is left to take it",
            leg.shown
        )
    } else {
        format!(
            "{gateway} hands requests back to {}, where they came from: each becomes another one, until nothing is left to take it",
            leg.shown
        )
    };
    let span = if leg.at == last.at { leg.span } else { last.span };
    let mut found = Diagnostic::new(span, message, "goes round in a circle");
    for hop in before {
        found = found.label(hop.span, "comes through here");
    }
    if let Some(listener) = context.stack.listeners_at(leg).next() {
        found = found.label(listener.span, format!("{gateway} listens here").replace(gateway, who(listener)));
    }
    let log = match last.gateway {
        Gateway::Nginx(_) => {
            "the visitor gets 500, and nginx logs: worker_connections are not enough while connecting to upstream"
        }
        Gateway::Apache(_) => {
            "the visitor gets 502 when the timeout has passed, and Apache logs: AH01102: error reading status line from remote server"
        }
    };
    let idle = idle(context, last);
    let help = match idle {
        Some(listener) => {
            format!("call {}, where {} listens and nobody calls", listener.shown, who(listener))
        }
        None => "name the address of the application behind the gateway".to_owned(),
    };
    let fix = idle.and_then(|listener| {
        Some(Fix::risky(format!("call {}", listener.shown), vec![leg.redirect(listener)?]))
    });
    Some(found.note(log).help(help).fix(fix))
}

fn who(listener: &Listener) -> &'static str {
    match listener.owner {
        Owner::Nginx(..) => "nginx",
        Owner::Apache(_) => "Apache",
        _ => "the application",
    }
}

/// The one address that speaks what the hop speaks, nobody calls, and no visitor comes to.
fn idle<'a>(context: &Context<'a>, hop: &Hop) -> Option<&'a Listener> {
    let stack = context.stack;
    let public = |endpoint: &Endpoint| matches!(endpoint, Endpoint::Tcp { port: 80 | 443, .. });
    let fits = |listener: &&Listener| {
        listener.protocol == Some(hop.protocol) && !public(&listener.endpoint) && !stack.is_called(listener)
    };
    let all: Vec<_> = stack.listeners.iter().filter(fits).collect();
    let foreign = |listener: &&&Listener| match (listener.owner, hop.gateway) {
        (Owner::Nginx(one, _), Gateway::Nginx(other)) | (Owner::Apache(one), Gateway::Apache(other)) => {
            one != other
        }
        _ => true,
    };
    match all.iter().filter(foreign).collect::<Vec<_>>().as_slice() {
        [listener] => Some(listener),
        _ => None,
    }
}
