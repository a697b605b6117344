//! What Apache listens on, and whether TLS is spoken there.

use super::{shown, wildcard};
use crate::load::Workspace;
use crate::stack::apache::{Apache, Entry};
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Listener, Owner, Protocol};
use crate::stack::nginx::ScopeId;

/// The listeners of `apache`, which is number `index` of its stack: `Listen` says where, what is spoken
/// there the virtual hosts of that port tell.
pub(super) fn collect(files: &Workspace, apache: &Apache, index: usize, listeners: &mut Vec<Listener>) {
    for (_, entry) in apache.everywhere("listen") {
        let Some(text) = entry.value(0) else { continue };
        let endpoint = match text.parse() {
            Ok(port) => Endpoint::tcp("*", port),
            Err(_) => wildcard(Endpoint::authority(text, None)),
        };
        let protocol = spoken(apache, entry, &endpoint);
        let (shown, owner) = (shown(&endpoint, files), Owner::Apache(index));
        listeners.push(Listener { endpoint, shown, protocol, owner, span: entry.span(files) });
    }
}

/// What all virtual hosts of a `Listen` speak; `None` where they differ or it is not known.
fn spoken(apache: &Apache, listen: &Entry, endpoint: &Endpoint) -> Option<Protocol> {
    let Endpoint::Tcp { port, .. } = endpoint else { return None };
    // Where no `SSLEngine` says it, the protocol of the `Listen` does.
    let meant = match listen.value(1) {
        Some(protocol) => protocol.eq_ignore_ascii_case("https"),
        None => *port == 443,
    };
    let mut sections: Vec<ScopeId> =
        apache.vhosts().filter(|&vhost| apache.answers_port(vhost, *port)).collect();
    if sections.is_empty() {
        sections.push(ScopeId(0));
    }
    let mut spoken = sections.into_iter().map(|section| engine(apache, section, meant));
    let first = spoken.next()??;
    spoken.all(|other| other == Some(first)).then_some(first)
}

/// What one virtual host speaks.
fn engine(apache: &Apache, section: ScopeId, meant: bool) -> Option<Protocol> {
    match apache.find(section, "sslengine").and_then(|(entry, _)| entry.value(0)) {
        Some(value) if value.eq_ignore_ascii_case("on") => Some(Protocol::Https),
        Some(value) if value.eq_ignore_ascii_case("off") => Some(Protocol::Http),
        Some(_) => None,
        None if meant => Some(Protocol::Https),
        None => apache.whole.then_some(Protocol::Http),
    }
}

impl Apache {
    /// Whether a virtual host is for a port: one of its addresses names it, or all ports.
    pub fn answers_port(&self, vhost: ScopeId, port: u16) -> bool {
        self.section(vhost).args.iter().any(|arg| match arg.value.rsplit_once(':') {
            Some((_, text)) if !text.contains(']') => text == "*" || text.parse() == Ok(port),
            _ => true,
        })
    }
}
