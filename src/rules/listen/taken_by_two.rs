//! `listen/taken-by-two`: two servers that work together listen on one port.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::Stack;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Gateway, Listener, Owner};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "listen/taken-by-two",
    severity: Severity::Error,
    summary: "two servers that work together listen on one port, and the second does not start",
    fixable: Fixable::No,
    card: include_str!("../../../rules/listen/taken-by-two.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let stack = context.stack;
    let pairs = pairs(stack);
    for apache in stack.listeners.iter().filter(|listener| matches!(listener.owner, Owner::Apache(_))) {
        let Owner::Apache(index) = apache.owner else { continue };
        for nginx in &stack.listeners {
            let Owner::Nginx(other, _) = nginx.owner else { continue };
            let both =
                stack.apache[index].whole && stack.nginx[other].whole && pairs.contains(&(other, index));
            if both && collide(context, nginx, apache) {
                sink.report_once(finding(nginx, apache));
            }
        }
    }
}

/// The nginx and Apache of which one calls the other, so that both are to run.
fn pairs(stack: &Stack) -> HashSet<(usize, usize)> {
    let mut found = HashSet::new();
    for hop in &stack.hops {
        for leg in &hop.legs {
            // A port that both have says nothing.
            let ends: Vec<_> = stack.listeners_at(leg).map(|end| end.owner).collect();
            let apaches = ends.iter().any(|end| matches!(end, Owner::Apache(_)));
            let nginxes = ends.iter().any(|end| matches!(end, Owner::Nginx(..)));
            for end in ends {
                match (hop.gateway, end) {
                    (Gateway::Nginx(nginx), Owner::Apache(apache)) if !nginxes => {
                        found.insert((nginx, apache))
                    }
                    (Gateway::Apache(apache), Owner::Nginx(nginx, _)) if !apaches => {
                        found.insert((nginx, apache))
                    }
                    _ => false,
                };
            }
        }
    }
    found
}

/// Whether the kernel gives a port to one of them only: one address, or all addresses and any.
fn collide(context: &Context<'_>, nginx: &Listener, apache: &Listener) -> bool {
    let (Endpoint::Tcp { host: one, port }, Endpoint::Tcp { host: other, port: same }) =
        (&nginx.endpoint, &apache.endpoint)
    else {
        return false;
    };
    let text = |listener: &Listener| context.sources.text(listener.span).to_owned();
    // `[::]` of nginx is IPv6 alone; `Listen 80` of Apache is both.
    let six = text(nginx).contains('[');
    let both = !text(apache).contains(':');
    let family = both || six == text(apache).contains('[');
    port == same && family && (one == other || one == "*" || other == "*")
}

fn finding(nginx: &Listener, apache: &Listener) -> Diagnostic {
    let port = match apache.endpoint {
        Endpoint::Tcp { port, .. } => port,
        _ => 0,
    };
    let message =
        format!("nginx and Apache both listen on port {port}: the one that starts second does not start");
    let logs = format!(
        "nginx logs: [emerg] bind() to 0.0.0.0:{port} failed (98: Address already in use); Apache logs: (98)Address already in use: AH00072: make_sock: could not bind to address [::]:{port}"
    );
    Diagnostic::new(apache.span, message, "Apache listens here")
        .label(nginx.span, "nginx listens here")
        .note(logs)
        .help("let Apache listen where nginx calls it, and nowhere else")
}
