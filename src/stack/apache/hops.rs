//! Where Apache hands requests on: `ProxyPass`, `SetHandler "proxy:…"`, `RewriteRule … [P]`.

use std::path::Path;

use crate::load::Workspace;
use crate::load::apache::Arg;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Form, Gateway, Hop, Leg, Protocol};
use crate::stack::nginx::ScopeId;
use crate::tree::At;

use super::workers::balancer_name;
use super::{Apache, Entry, SectionKind};

/// All hops of `apache`, which is number `index` of its stack.
pub(crate) fn hops(files: &Workspace, apache: &Apache, index: usize) -> Vec<Hop> {
    let mut hops = Vec::new();
    for section in apache.section_ids() {
        for entry in &apache.section(section).entries {
            let Some((arg, from)) = target_of(entry) else { continue };
            if let Some(hop) = hop(files, apache, entry, arg, from) {
                hops.push(Hop { gateway: Gateway::Apache(index), scope: section, ..hop });
            }
        }
    }
    hops
}

/// The argument that names where a directive hands requests to, and where in it the URL begins.
fn target_of(entry: &Entry) -> Option<(&Arg, usize)> {
    match entry.name.as_str() {
        "proxypass" | "proxypassmatch" => {
            let arg = entry.args.iter().take(2).find(|arg| is_target(&arg.value))?;
            Some((arg, 0))
        }
        "sethandler" | "addhandler" | "fcgihandler" => {
            let arg = entry.args.first()?;
            arg.value.starts_with("proxy:").then_some((arg, "proxy:".len()))
        }
        "rewriterule" => {
            let flags = entry.value(2)?.trim_matches(['[', ']']);
            let proxies = flags.split(',').any(|flag| matches!(flag.trim(), "P" | "proxy"));
            let arg = entry.args.get(1).filter(|arg| proxies && is_target(&arg.value))?;
            Some((arg, 0))
        }
        _ => None,
    }
}

impl Apache {
    /// The directive of a hop, and the URL it hands requests to: of a handler without `proxy:`.
    pub fn url_of(&self, hop: &Hop) -> Option<(&Entry, &str)> {
        let entry = self.section(hop.scope).entries.iter().find(|entry| entry.at == hop.at)?;
        let (arg, from) = target_of(entry)?;
        Some((entry, &arg.value[from..]))
    }
}

fn is_target(text: &str) -> bool {
    text.contains("://") || text.starts_with("unix:")
}

fn hop(files: &Workspace, apache: &Apache, entry: &Entry, arg: &Arg, from: usize) -> Option<Hop> {
    let url = &arg.value[from..];
    let (protocol, upstream, legs) = if url.to_ascii_lowercase().starts_with("balancer://") {
        let name = balancer_name(url);
        let balancer = apache.balancers.iter().position(|balancer| balancer.name == name)?;
        let members = &apache.balancers[balancer].members;
        let targets = members.iter().filter_map(|(arg, at)| leg(files, arg, 0, *at));
        let (protocols, legs): (Vec<Protocol>, Vec<Leg>) = targets.unzip();
        (*protocols.first()?, Some(balancer), legs)
    } else {
        let worker = socket_worker(apache, url).and_then(|(arg, at)| leg(files, arg, 0, at));
        let (protocol, leg) = worker.or_else(|| leg(files, arg, from, entry.at))?;
        (protocol, None, vec![leg])
    };
    Some(Hop {
        gateway: Gateway::Apache(0),
        scope: ScopeId(0),
        at: entry.at,
        span: entry.span(files),
        protocol,
        upstream,
        legs,
    })
}

/// The `<Proxy "unix:/path|fcgi://name">` of a URL without a socket: requests for the name go through it.
fn socket_worker<'a>(apache: &'a Apache, url: &str) -> Option<(&'a Arg, At)> {
    let url = url.trim_end_matches('/');
    let named = |arg: &Arg| {
        let behind = arg.value.strip_prefix("unix:").and_then(|rest| rest.split_once('|'));
        behind.is_some_and(|(_, name)| name.trim_end_matches('/').eq_ignore_ascii_case(url))
    };
    let sections = apache.section_ids().map(|id| apache.section(id));
    let mut proxies = sections.filter(|section| section.kind == SectionKind::Proxy);
    proxies.find_map(|section| Some((section.args.first().filter(|arg| named(arg))?, section.at?)))
}

/// One address: `unix:/path|fcgi://name/`, `fcgi://host:port/path`.
fn leg(files: &Workspace, arg: &Arg, from: usize, at: At) -> Option<(Protocol, Leg)> {
    let url = &arg.value[from..];
    let (socket, rest) = match url.strip_prefix("unix:") {
        Some(rest) => rest.split_once('|').map(|(path, url)| (Some(path), url))?,
        None => (None, url),
    };
    let (scheme, rest) = rest.split_once("://")?;
    let protocol = Protocol::of_scheme(scheme)?;
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    let endpoint_below = |root: &Path| match socket {
        _ if authority.contains('$') => Endpoint::Unresolved,
        Some(path) if !path.starts_with('/') => Endpoint::Unresolved,
        Some(path) => Endpoint::unix(path, root),
        None => Endpoint::authority(authority, default_port(protocol)),
    };
    let (endpoint, shown) = (endpoint_below(&files.root), endpoint_below(Path::new("/")));
    let start = url.len() - rest.len();
    let written = match (protocol, socket) {
        (Protocol::Fastcgi, _) => {
            arg.part(from, from + start + authority.len()).map(|span| (span, Form::ApacheFcgi))
        }
        (_, None) => {
            arg.part(from + start, from + start + authority.len()).map(|span| (span, Form::Authority))
        }
        (_, Some(_)) => None,
    };
    Some((protocol, Leg { endpoint, shown, at, written, span: arg.span, down: false, backup: false }))
}

/// mod_proxy_fcgi takes 8000 where no port is given.
fn default_port(protocol: Protocol) -> Option<u16> {
    match protocol {
        Protocol::Http => Some(80),
        Protocol::Https => Some(443),
        Protocol::Fastcgi => Some(8000),
        Protocol::Ajp => Some(8009),
        Protocol::Scgi => Some(4000),
        _ => None,
    }
}
