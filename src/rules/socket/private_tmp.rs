//! `socket/private-tmp`: a socket in `/tmp`, and a unit that has a `/tmp` of its own.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Gateway, Leg, Listener, Owner};
use crate::stack::services::Unit;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "socket/private-tmp",
    severity: Severity::Error,
    summary: "a socket is in /tmp, and systemd gives its service or the gateway a /tmp of its own",
    fixable: Fixable::No,
    card: include_str!("../../../rules/socket/private-tmp.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for hop in &context.stack.hops {
        for leg in hop.legs.iter().filter(|leg| !leg.down) {
            let Endpoint::Unix(path) = &leg.endpoint else { continue };
            if !(path.starts_with("/tmp/") || path.starts_with("/var/tmp/")) || !seen.insert(leg.at) {
                continue;
            }
            let listener = context.stack.listeners_at(leg).next();
            let theirs = listener.and_then(|at| unit_of_listener(context, at));
            let own = unit_of_gateway(context, hop.gateway);
            // The socket of a `.socket` unit is made by systemd, which has no `/tmp` of its own.
            let is_socket = listener.is_some_and(|at| matches!(at.owner, Owner::Socket(_)));
            let private = [own, theirs.filter(|_| !is_socket)]
                .map(|unit| unit.and_then(|unit| private_tmp(context, unit)));
            if let Some((unit, span)) = private[1].or(private[0])
                && !joined(context, own)
                && !joined(context, theirs)
            {
                let known = listener.is_some() && own.is_some() && (theirs.is_some() || is_socket);
                let severity = if known { Severity::Error } else { Severity::Warning };
                let found = finding(leg, listener, unit, span, hop.gateway, private[1].is_some());
                sink.report_as(severity, found);
            }
        }
    }
}

fn finding(
    leg: &Leg,
    listener: Option<&Listener>,
    unit: &Unit,
    span: Span,
    gateway: Gateway,
    is_service: bool,
) -> Diagnostic {
    let (name, target) = (&unit.name, &leg.shown);
    let (who, status) = match gateway {
        Gateway::Nginx(_) => ("nginx", gateway.unreachable_status()),
        Gateway::Apache(_) => ("Apache", gateway.unreachable_status()),
    };
    let message = if is_service {
        format!(
            "{name} has a /tmp of its own, so {who} does not find {target}: every request answers {status}"
        )
    } else {
        format!(
            "{who} has a /tmp of its own by {name}, so it does not find {target}: every request answers {status}"
        )
    };
    let found =
        Diagnostic::new(leg.span, message, "called here").label(span, "gives the service a /tmp of its own");
    let found = match listener {
        Some(listener) => found.label(listener.span, "the socket is made here"),
        None => found,
    };
    let note = match gateway {
        Gateway::Nginx(_) => {
            format!("nginx logs: connect() to {target} failed (2: No such file or directory) while connecting to upstream")
        }
        Gateway::Apache(_) => "Apache logs: (2)No such file or directory: AH02454: FCGI: attempt to connect to Unix domain socket failed".to_owned(),
    };
    let stem = unit.stem();
    found.note(note).help(format!(
        "move the socket to /run/{stem}/ (`RuntimeDirectory={stem}` in the unit that makes it) and call it there"
    ))
}

/// The unit that runs a gateway, by the names the packages give it.
fn unit_of_gateway<'a>(context: &Context<'a>, gateway: Gateway) -> Option<&'a Unit> {
    let names: &[&str] = match gateway {
        Gateway::Nginx(_) => &["nginx.service", "openresty.service", "angie.service"],
        Gateway::Apache(_) => &["apache2.service", "httpd.service"],
    };
    context.stack.services.units.iter().find(|unit| names.contains(&unit.name.as_str()))
}

fn unit_of_listener<'a>(context: &Context<'a>, listener: &Listener) -> Option<&'a Unit> {
    let services = &context.stack.services;
    match listener.owner {
        Owner::App(app) => services.apps[app].unit.map(|unit| &services.units[unit]),
        Owner::Socket(socket) => Some(&services.units[services.sockets[socket].unit]),
        Owner::Pool(fpm, _) => {
            let versioned = context.stack.fpm[fpm].version.map(|version| format!("php{version}-fpm.service"));
            let is_ours =
                |unit: &&Unit| Some(&unit.name) == versioned.as_ref() || unit.name == "php-fpm.service";
            services.units.iter().find(is_ours)
        }
        Owner::Nginx(..) => unit_of_gateway(context, Gateway::Nginx(0)),
        Owner::Apache(_) => unit_of_gateway(context, Gateway::Apache(0)),
    }
}

fn private_tmp<'a>(context: &Context<'_>, unit: &'a Unit) -> Option<(&'a Unit, Span)> {
    let entry = unit.get("Service", "PrivateTmp")?;
    unit.is_on(context.files, "Service", "PrivateTmp").then_some((unit, entry.span))
}

/// Whether a unit shares the `/tmp` of another.
fn joined(context: &Context<'_>, unit: Option<&Unit>) -> bool {
    unit.is_some_and(|unit| !unit.words(context.files, "Unit", "JoinsNamespaceOf").is_empty())
}
