//! `limit/by-proxy-ip`: a limit for each address counts the gateway in front, and so all visitors, as one.

use std::collections::HashSet;

use super::{named, zones};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Gateway, Hop, Leg, Listener, Owner, Protocol};
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::tree::{At, NodeRef};
use crate::value::{Reference, references};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "limit/by-proxy-ip",
    severity: Severity::Warning,
    summary: "a limit for each address counts the gateway in front, and so all visitors, as one",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/limit/by-proxy-ip.md"),
    check,
};

const KINDS: [&str; 2] = ["limit_req", "limit_conn"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let limited = |nginx: &Nginx| {
        nginx
            .scope_ids()
            .any(|id| KINDS.iter().any(|kind| nginx.here(context.files, id, kind).next().is_some()))
    };
    let limited: Vec<bool> = context.stack.nginx.iter().map(limited).collect();
    if !limited.contains(&true) {
        return;
    }
    let (mut seen, mut servers) = (HashSet::new(), HashSet::new());
    for hop in context.stack.hops.iter().filter(|hop| keeps_no_address(context, hop)) {
        for leg in &hop.legs {
            for listener in context.stack.listeners_at(leg) {
                let Owner::Nginx(index, server) = listener.owner else { continue };
                let own = calls_itself(context, hop, index, server);
                if limited[index] && !own && !is_public(listener) && servers.insert((index, server)) {
                    let behind = Behind { nginx: &context.stack.nginx[index], server, hop, leg };
                    behind.report(context, &mut seen, sink);
                }
            }
        }
    }
}

/// Whether what is behind a hop sees the address of the gateway: all HTTP, unless nginx takes that of the visitor.
fn keeps_no_address(context: &Context<'_>, hop: &Hop) -> bool {
    let bound = |nginx: &Nginx| nginx.find(context.files, hop.scope, "proxy_bind").is_some();
    matches!(hop.protocol, Protocol::Http | Protocol::Https)
        && !context.stack.nginx_of(hop).is_some_and(bound)
}

/// Whether a server asks itself: its limits are for those who come from outside.
fn calls_itself(context: &Context<'_>, hop: &Hop, index: usize, server: ScopeId) -> bool {
    let nginx = &context.stack.nginx[index];
    hop.gateway == Gateway::Nginx(index) && nginx.enclosing(hop.scope, ScopeKind::Server) == Some(server)
}

/// Whether visitors come to a listener themselves, so that limits there are for them.
fn is_public(listener: &Listener) -> bool {
    matches!(listener.endpoint, Endpoint::Tcp { port: 80 | 443, .. }) && !listener.endpoint.is_loopback()
}

/// A `server` behind another gateway.
struct Behind<'a> {
    nginx: &'a Nginx,
    server: ScopeId,
    hop: &'a Hop,
    leg: &'a Leg,
}

impl Behind<'_> {
    fn report(&self, context: &Context<'_>, seen: &mut HashSet<At>, sink: &mut Sink<'_>) {
        let (nginx, files) = (self.nginx, context.files);
        for kind in KINDS {
            let zones = zones(context, nginx, kind);
            for scope in std::iter::once(self.server).chain(nginx.inside(self.server)) {
                let told = nginx.find(files, scope, "set_real_ip_from").is_some();
                let dry = nginx.flag(files, scope, &format!("{kind}_dry_run"), false);
                if told || !nginx.is_certain(scope) || dry.is_none_or(|dry| dry.value) {
                    continue;
                }
                for limit in nginx.list(files, scope, kind).into_iter().flat_map(|(_, limits)| limits) {
                    let Some(name) = named(limit) else { continue };
                    let zone = zones.iter().find(|zone| zone.name == name && by_connection(zone.node));
                    if let Some(zone) = zone.filter(|_| seen.insert(limit.at())) {
                        sink.report(self.finding(context, limit, zone.node));
                    }
                }
            }
        }
    }

    fn finding(&self, context: &Context<'_>, limit: NodeRef<'_>, zone: NodeRef<'_>) -> Diagnostic {
        let from = match self.leg.endpoint {
            Endpoint::Unix(_) => "unix:",
            _ => "127.0.0.1",
        };
        let front = if matches!(self.hop.gateway, Gateway::Apache(_)) { "Apache" } else { "nginx" };
        let header = self.header(context);
        let own = self.nginx.find(context.files, self.server, "real_ip_header").is_none();
        let mut lines = vec![format!("set_real_ip_from {from};")];
        lines.extend(header.filter(|_| own).map(|header| format!("real_ip_header {header};")));
        let written = lines.join(" ");
        let help = match header {
            _ if !self.leg.endpoint.is_loopback() => {
                "write `set_real_ip_from` with the address of the gateway in front, and `real_ip_header` with the \
                 header it sends"
                    .to_owned()
            }
            Some(_) => format!("write `{written}` into the server"),
            None => format!(
                "write `proxy_set_header X-Real-IP $remote_addr;` beside the pass and `{written}` into the server"
            ),
        };
        let listen = self.nginx.here(context.files, self.server, "listen").last();
        let fix = listen.filter(|_| header.is_some() && self.leg.endpoint.is_loopback()).map(|listen| {
            let edit = edits::insert_lines_after(listen, &lines);
            Fix::risky("count the visitors, not the gateway", vec![edit])
        });
        let message = format!(
            "{front} stands in front of this server, so this limit for each address counts all visitors as one: they \
             turn each other away"
        );
        let log = if limit.is("limit_req") { "limiting requests" } else { "limiting connections" };
        let note = if self.leg.endpoint.is_loopback() {
            format!("nginx logs: {log} …, client: {from}")
        } else {
            format!("nginx logs: {log} …, client: and the address of the gateway")
        };
        Diagnostic::new(limit.head(), message, "one for all")
            .label(zone.head(), "the address of the gateway")
            .label(self.hop.span, "requests come from here")
            .note(note)
            .help(help)
            .fix(fix)
    }

    /// The header in which the gateway in front tells who asks.
    fn header(&self, context: &Context<'_>) -> Option<&'static str> {
        let Some(nginx) = context.stack.nginx_of(self.hop) else {
            return Some("X-Forwarded-For");
        };
        let (_, sent) = nginx.list(context.files, self.hop.scope, "proxy_set_header")?;
        ["X-Real-IP", "X-Forwarded-For"].into_iter().find(|header| {
            sent.iter().any(|node| {
                let named = node.arg(0).is_some_and(|name| name.eq_ignore_ascii_case(header));
                let values = ["$remote_addr", "$proxy_add_x_forwarded_for"];
                named && node.arg(1).is_some_and(|value| values.contains(&&*value))
            })
        })
    }
}

/// Whether the key of a zone is who has connected, and not whom a header names.
fn by_connection(zone: NodeRef<'_>) -> bool {
    let Some(key) = zone.arg(0) else { return false };
    let mut names = references(&key).filter_map(|reference| match reference {
        Reference::Variable(_, name) => Some(&key[name]),
        _ => None,
    });
    let connected = ["binary_remote_addr", "remote_addr"];
    let mut any = false;
    names.all(|name| {
        any |= connected.contains(&name);
        connected.contains(&name) || super::SITE.contains(&name)
    }) && any
}
