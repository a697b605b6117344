//! Do gateways call the application servers in sight where these listen?

pub(super) mod bind_mismatch;
pub(super) mod gunicorn_umask;
pub(super) mod runtime_directory_missing;
pub(super) mod socket_activation_mismatch;
pub(super) mod sync_worker_unbuffered;

use super::target::log_line;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Sink};
use crate::stack::Stack;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Hop, Leg, Listener, Owner, Protocol};

/// What a gateway calls for nothing, and what listens in its place.
struct Missed<'a> {
    hop: &'a Hop,
    leg: &'a Leg,
    listener: &'a Listener,
    /// Whether address and listener look alike, or are the only two of their kind.
    certain: bool,
}

/// All legs to application servers that lead nowhere, and the one listener in sight each was meant for.
fn missed<'a>(context: &Context<'a>) -> Vec<Missed<'a>> {
    let stack = context.stack;
    let idle: Vec<&Listener> =
        stack.listeners.iter().filter(|at| is_service(at) && !stack.is_called(at)).collect();
    // In containers `localhost` is another machine to each.
    if idle.is_empty() || !stack.compose.containers.is_empty() {
        return Vec::new();
    }
    let dead: Vec<(&Hop, &Leg)> = stack.hops.iter().flat_map(|hop| dead_legs(stack, hop)).collect();
    let mut seen = std::collections::HashSet::new();
    let fresh = dead.iter().filter(|(_, leg)| seen.insert(leg.at));
    fresh.filter_map(|&(hop, leg)| meant(stack, &idle, &dead, hop, leg)).collect()
}

/// The legs of a hop that stay on this machine and where nothing in sight listens.
fn dead_legs<'a>(stack: &'a Stack, hop: &'a Hop) -> impl Iterator<Item = (&'a Hop, &'a Leg)> {
    // Pools are what `target` is about.
    let ours = match hop.protocol {
        Protocol::Http | Protocol::Https | Protocol::Uwsgi | Protocol::Scgi => true,
        Protocol::Fastcgi => stack.pools().next().is_none(),
        Protocol::Grpc | Protocol::Memcached | Protocol::Ajp => false,
    };
    let legs = hop.legs.iter().filter(move |leg| ours && !leg.down && leg.endpoint.is_loopback());
    legs.filter(|leg| !stack.is_answered(leg)).map(move |leg| (hop, leg))
}

fn meant<'a>(
    stack: &'a Stack,
    idle: &[&'a Listener],
    dead: &[(&'a Hop, &'a Leg)],
    hop: &'a Hop,
    leg: &'a Leg,
) -> Option<Missed<'a>> {
    let fitting: Vec<&Listener> =
        idle.iter().copied().filter(|at| at.protocol == Some(hop.protocol)).collect();
    let close: Vec<&Listener> =
        fitting.iter().copied().filter(|at| alike(&leg.endpoint, &at.endpoint)).collect();
    if let [listener] = close.as_slice() {
        return Some(Missed { hop, leg, listener, certain: true });
    }
    let unix = |endpoint: &Endpoint| matches!(endpoint, Endpoint::Unix(_));
    let alike_kind = |endpoint: &Endpoint| unix(endpoint) == unix(&leg.endpoint);
    let kin: Vec<&Listener> = fitting.iter().copied().filter(|at| alike_kind(&at.endpoint)).collect();
    let candidates = if kin.is_empty() { &fitting } else { &kin };
    let [listener] = candidates.as_slice() else { return None };
    let others = dead.iter().any(|(other, at)| {
        let rival = kin.is_empty() || alike_kind(&at.endpoint);
        other.protocol == hop.protocol && at.endpoint != leg.endpoint && rival
    });
    let answered = hop.legs.iter().any(|leg| stack.is_answered(leg));
    let elsewhere = stack.hops.iter().any(|other| other.protocol == hop.protocol && other.legs.is_empty());
    let gateways =
        stack.listeners.iter().any(|at| matches!(at.owner, Owner::Apache(_)) && !stack.is_called(at));
    let doubt = others || answered || elsewhere || gateways && hop.protocol == Protocol::Http;
    (!doubt && !stack.services.opaque).then(|| Missed {
        hop,
        leg,
        listener,
        certain: !is_assumed(stack, listener),
    })
}

fn is_service(listener: &Listener) -> bool {
    matches!(listener.owner, Owner::App(_) | Owner::Socket(_))
}

fn is_assumed(stack: &Stack, listener: &Listener) -> bool {
    matches!(listener.owner, Owner::App(app) if stack.services.apps[app].assumed)
}

/// Two sockets of one directory or one name.
fn alike(called: &Endpoint, listened: &Endpoint) -> bool {
    let (Endpoint::Unix(one), Endpoint::Unix(other)) = (called, listened) else { return false };
    let parts = |path: &str| path.rsplit_once('/').map(|(dir, name)| (dir.to_owned(), name.to_owned()));
    let Some(((dir, name), (other_dir, other_name))) = parts(one).zip(parts(other)) else { return false };
    let shared = matches!(dir.as_str(), "/run" | "/tmp" | "/var/tmp" | "");
    let generic = |name: &str| matches!(name, "socket" | "app.sock" | "gunicorn.sock" | "uwsgi.sock");
    (dir == other_dir && !shared)
        || (name == other_name && !generic(&name))
        || strsim::normalized_damerau_levenshtein(one, other) > 0.8
}

/// Reports what was missed: `who` listens there, says `label`.
fn report(context: &Context<'_>, sink: &mut Sink<'_>, missed: &Missed<'_>, who: &str) {
    let Missed { hop, leg, listener, certain } = missed;
    let (to, target) = (&listener.shown, &leg.shown);
    let status = hop.gateway.unreachable_status();
    let message =
        format!("{who} listens on {to}, and nothing in sight on {target}: every request answers {status}");
    let fix = leg.redirect(listener).map(|edit| Fix::risky(format!("call {to}"), vec![edit]));
    let mut found = Diagnostic::new(leg.span, message, "called here").label(listener.span, "it listens here");
    if leg.at != hop.at {
        found = found.label(hop.span, "requests go through it from here");
    }
    let found =
        found.note(log_line(hop, leg)).help(format!("call {to}, or make {who} listen on {target}")).fix(fix);
    let sure = *certain && context.files.rooted;
    sink.report_as(if sure { Severity::Error } else { Severity::Warning }, found);
}
