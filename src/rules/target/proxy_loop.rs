//! `target/proxy-loop`: a gateway hands requests to itself, alone or through another one.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Gateway, Hop, Leg, Listener, Owner};
use crate::stack::nginx::{ScopeId, ScopeKind};

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
    for hop in going_home(context) {
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

/// A server of nginx, or an Apache.
type Place = (Gateway, Option<ScopeId>);

/// The place a hop stands in.
fn place_of_hop(context: &Context<'_>, hop: &Hop) -> Place {
    let server = context.stack.nginx_of(hop).and_then(|nginx| nginx.enclosing(hop.scope, ScopeKind::Server));
    (hop.gateway, server)
}

/// The place that takes requests at a listener, where it may hand them on.
fn place_of(listener: &Listener) -> Option<Place> {
    match listener.owner {
        Owner::Nginx(index, server) => Some((Gateway::Nginx(index), Some(server))),
        Owner::Apache(index) => Some((Gateway::Apache(index), None)),
        _ => None,
    }
}

/// The hops with a listener of such a place on the other end.
fn calling<'a>(context: &Context<'a>, wanted: impl Fn(Place) -> bool) -> Vec<&'a Hop> {
    let stack = context.stack;
    let mut known = HashMap::new();
    let mut leads = |leg: &'a Leg| {
        let find = || stack.listeners_at(leg).any(|listener| place_of(listener).is_some_and(&wanted));
        *known.entry(&leg.endpoint).or_insert_with(find)
    };
    stack.hops.iter().filter(|hop| hop.legs.iter().any(&mut leads)).collect()
}

/// The hops to gateways in sight that hand requests on to gateways in sight themselves. What is on the other
/// end of an address is found out once: a thousand sites may call it, and a thousand others share it.
fn going_home<'a>(context: &Context<'a>) -> Vec<&'a Hop> {
    let first = calling(context, |_| true);
    let places: HashSet<Place> = first.into_iter().map(|hop| place_of_hop(context, hop)).collect();
    calling(context, |place| places.contains(&place))
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
