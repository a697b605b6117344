//! Where nginx hands requests on.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use crate::load::Workspace;
use crate::source::Span;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Form, Gateway, Hop, Leg, Protocol};
use crate::tree::NodeRef;

use super::{Nginx, ScopeId, UpstreamServer, constants};

/// The directives that hand a request on, and what they speak.
const PASSES: &[(&str, Protocol)] = &[
    ("fastcgi_pass", Protocol::Fastcgi),
    ("proxy_pass", Protocol::Http),
    ("uwsgi_pass", Protocol::Uwsgi),
    ("scgi_pass", Protocol::Scgi),
    ("grpc_pass", Protocol::Grpc),
    ("memcached_pass", Protocol::Memcached),
];

/// All hops of `nginx`, which is number `index` of its stack.
pub(crate) fn hops(files: &Workspace, nginx: &Nginx, index: usize) -> Vec<Hop> {
    // nginx compares the names of groups like those of hosts.
    let groups = nginx.upstreams.iter().enumerate().rev();
    let groups = groups.map(|(index, group)| (group.name.to_ascii_lowercase(), index)).collect();
    let reader = Reader { files, nginx, root: &files.root, groups };
    let mut hops = Vec::new();
    for scope in nginx.scope_ids() {
        if nginx.scope(scope).kind == super::ScopeKind::Other {
            continue;
        }
        for &(name, protocol) in PASSES {
            let passes = nginx.here(files, scope, name);
            hops.extend(passes.filter_map(|node| reader.hop(index, scope, node, protocol)));
        }
    }
    hops
}

/// The part of a pass target that names a host or socket, and what is spoken to it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    /// `unix:/path`, `host:port`, `host` or the name of an upstream.
    pub(crate) address: &'a str,
    /// Where it begins in the argument.
    pub(crate) offset: usize,
    /// The protocol.
    pub(crate) protocol: Protocol,
    /// Whether it was written as a URL, in which a socket path ends in `:`.
    pub(crate) url: bool,
}

/// Takes `http://host/uri`, `https://…`, `grpc://…`, `http://unix:/path:/uri` or a bare address apart.
pub(crate) fn target(text: &str, protocol: Protocol) -> Target<'_> {
    let schemes = [
        ("http://", Protocol::Http),
        ("https://", Protocol::Https),
        ("grpc://", Protocol::Grpc),
        ("grpcs://", Protocol::Grpc),
    ];
    for (scheme, spoken) in schemes {
        let is_scheme = text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
        if matches!(protocol, Protocol::Http | Protocol::Grpc) && is_scheme {
            let rest = &text[scheme.len()..];
            let end = match rest.strip_prefix("unix:") {
                Some(path) => path.find(':').map_or(rest.len(), |colon| colon + 5),
                None => rest.find(['/', '?']).unwrap_or(rest.len()),
            };
            return Target { address: &rest[..end], offset: scheme.len(), protocol: spoken, url: true };
        }
    }
    Target { address: text, offset: 0, protocol, url: false }
}

struct Reader<'a> {
    files: &'a Workspace,
    nginx: &'a Nginx,
    root: &'a Path,
    /// The groups by their names in small letters; of two of one name the first.
    groups: HashMap<String, usize>,
}

impl Reader<'_> {
    fn hop(&self, index: usize, scope: ScopeId, node: NodeRef<'_>, protocol: Protocol) -> Option<Hop> {
        let text = node.arg(0)?;
        let target = target(&text, protocol);
        let upstream = self.group(target.address);
        let (protocol, legs) = match upstream {
            Some(group) => (target.protocol, self.group_legs(group)),
            None if target.address.contains('$') => {
                self.variable_legs(scope, &text, protocol).unwrap_or((target.protocol, Vec::new()))
            }
            None => (target.protocol, vec![self.direct_leg(node, &target)?]),
        };
        Some(Hop {
            gateway: Gateway::Nginx(index),
            scope,
            at: node.at(),
            span: node.head(),
            protocol,
            upstream,
            legs,
        })
    }

    fn group(&self, name: &str) -> Option<usize> {
        let found = self.groups.get(name).or_else(|| self.groups.get(&name.to_ascii_lowercase()));
        found.copied()
    }

    /// Where a target with one variable leads, if all the variable can hold is written down: sockets, addresses of
    /// numbers and groups. Names are looked up when the request comes.
    fn variable_legs(&self, scope: ScopeId, text: &str, protocol: Protocol) -> Option<(Protocol, Vec<Leg>)> {
        let (head, name, tail) = one_variable(text)?;
        let mut legs = Vec::new();
        let mut spoken = None;
        for (node, index) in constants::values(self.files, self.nginx, scope, name)? {
            let value = node.arg(index)?;
            let full = format!("{head}{value}{tail}");
            let target = target(&full, protocol);
            if *spoken.get_or_insert(target.protocol) != target.protocol {
                return None;
            }
            match self.group(target.address) {
                Some(group) => legs.extend(self.group_legs(group)),
                None if is_literal(target.address) => {
                    legs.push(self.constant_leg(
                        node,
                        index,
                        &target,
                        head.len()..head.len() + value.len(),
                    )?);
                }
                None => return None,
            }
        }
        Some((spoken?, legs))
    }

    /// The leg of a value, which is the part `own` of the whole target.
    fn constant_leg(
        &self,
        node: NodeRef<'_>,
        index: usize,
        target: &Target<'_>,
        own: Range<usize>,
    ) -> Option<Leg> {
        let end = target.offset + target.address.len();
        let inside = own.start <= target.offset && end <= own.end && !target.url;
        let plain = node.plain_span(index).filter(|_| inside).map(|span| {
            let lo = span.lo + (target.offset - own.start) as u32;
            Span::new(lo, lo + target.address.len() as u32)
        });
        let leg = self.leg(node, target, plain.map(|span| (span, Form::Nginx)));
        Some(Leg { span: node.arg_span(index)?, ..leg })
    }

    fn direct_leg(&self, node: NodeRef<'_>, target: &Target<'_>) -> Option<Leg> {
        let plain = node.plain_span(0).map(|span| {
            let lo = span.lo + target.offset as u32;
            let colon = u32::from(target.url && target.address.starts_with("unix:"));
            Span::new(lo, (lo + target.address.len() as u32 + colon).min(span.hi))
        });
        let form = if target.url { Form::NginxUrl } else { Form::Nginx };
        let leg = self.leg(node, target, plain.map(|span| (span, form)));
        Some(Leg { span: node.arg_span(0)?, ..leg })
    }

    fn leg(&self, node: NodeRef<'_>, target: &Target<'_>, written: Option<(Span, Form)>) -> Leg {
        Leg {
            endpoint: Self::endpoint(target.address, default_port(target.protocol), self.root),
            shown: Self::endpoint(target.address, default_port(target.protocol), Path::new("/")),
            at: node.at(),
            written,
            span: node.head(),
            down: false,
            backup: false,
        }
    }

    fn group_legs(&self, group: usize) -> Vec<Leg> {
        self.nginx.upstreams[group].servers.iter().map(|server| self.server_leg(server)).collect()
    }

    /// A server of a group without a port is port 80, whatever is spoken.
    fn server_leg(&self, server: &UpstreamServer) -> Leg {
        Leg {
            endpoint: Self::endpoint(&server.address, Some(80), self.root),
            shown: Self::endpoint(&server.address, Some(80), Path::new("/")),
            at: server.at,
            written: server.plain.map(|span| (span, Form::Nginx)),
            span: server.span,
            down: server.down,
            backup: server.backup,
        }
    }

    fn endpoint(address: &str, default_port: Option<u16>, root: &Path) -> Endpoint {
        match address.strip_prefix("unix:") {
            Some(path) => Endpoint::unix(path, root),
            None => Endpoint::authority(address, default_port),
        }
    }
}

/// Takes a text with one variable apart: what stands before it, its name, and what follows.
fn one_variable(text: &str) -> Option<(&str, &str, &str)> {
    let (head, rest) = text.split_once('$')?;
    let (name, tail) = if let Some(inner) = rest.strip_prefix('{') {
        inner.split_once('}')?
    } else {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        rest.split_at(end)
    };
    (!name.is_empty() && !tail.contains('$')).then_some((head, name, tail))
}

/// Whether an address needs nobody to look it up.
fn is_literal(address: &str) -> bool {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    address.starts_with("unix:/") || host.parse::<std::net::Ipv4Addr>().is_ok() || host.starts_with('[')
}

fn default_port(protocol: Protocol) -> Option<u16> {
    match protocol {
        Protocol::Http | Protocol::Grpc => Some(80),
        Protocol::Https => Some(443),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_come_apart() {
        let parts = |text, protocol| {
            let target = target(text, protocol);
            (target.address, target.protocol, target.url)
        };
        assert_eq!(parts("http://app:80/x", Protocol::Http), ("app:80", Protocol::Http, true));
        assert_eq!(parts("https://app", Protocol::Http), ("app", Protocol::Https, true));
        assert_eq!(
            parts("http://unix:/r/a.sock:/x", Protocol::Http),
            ("unix:/r/a.sock", Protocol::Http, true)
        );
        assert_eq!(parts("unix:/r/a.sock", Protocol::Fastcgi), ("unix:/r/a.sock", Protocol::Fastcgi, false));
        assert_eq!(parts("http://x", Protocol::Fastcgi), ("http://x", Protocol::Fastcgi, false));
    }

    #[test]
    fn one_variable_is_taken_out() {
        assert_eq!(one_variable("unix:/run/${v}.sock"), Some(("unix:/run/", "v", ".sock")));
        assert_eq!(one_variable("http://$host:80/x"), Some(("http://", "host", ":80/x")));
        assert_eq!(one_variable("$a$b"), None);
        assert!(is_literal("unix:/x") && is_literal("127.0.0.1:9000") && is_literal("[::1]:80"));
        assert!(!is_literal("localhost:9000") && !is_literal(""));
    }
}
