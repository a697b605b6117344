//! What nginx listens on, and whether TLS is spoken there.

use std::collections::HashSet;

use super::{shown, wildcard};
use crate::load::Workspace;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Listener, Owner, Protocol};
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::tree::NodeRef;

/// The listeners of `nginx`, which is number `index` of its stack.
pub(super) fn collect(files: &Workspace, nginx: &Nginx, index: usize, listeners: &mut Vec<Listener>) {
    let tls = tls_addresses(files, nginx);
    for scope in nginx.of_kind(ScopeKind::Server) {
        let mut any = false;
        for listen in nginx.here(files, scope, "listen") {
            any = true;
            let Some(address) = address(files, listen).filter(|_| !is_quic(listen)) else { continue };
            let protocol = spoken(files, nginx, scope, &address, &tls);
            let (shown, owner) = (shown(&address.0, files), Owner::Nginx(index, scope));
            listeners.push(Listener { endpoint: address.0, shown, protocol, owner, span: listen.head() });
        }
        // A `server` without `listen` is on port 80.
        if let (false, Some(span)) = (any, nginx.head(files, scope)) {
            let address = (Endpoint::tcp("*", 80), false);
            listeners.push(Listener {
                protocol: spoken(files, nginx, scope, &address, &tls),
                endpoint: address.0,
                shown: Endpoint::tcp("127.0.0.1", 80),
                owner: Owner::Nginx(index, scope),
                span,
            });
        }
    }
    of_stream(files, nginx, index, listeners);
}

/// Servers of `stream` and `mail` speak what those behind them speak.
fn of_stream(files: &Workspace, nginx: &Nginx, index: usize, listeners: &mut Vec<Listener>) {
    for scope in nginx.of_kind(ScopeKind::Other) {
        for listen in nginx.here(files, scope, "listen").filter(|&listen| !is_quic(listen)) {
            let Some((endpoint, _)) = address(files, listen) else { continue };
            let (shown, owner) = (shown(&endpoint, files), Owner::Nginx(index, scope));
            listeners.push(Listener { endpoint, shown, protocol: None, owner, span: listen.head() });
        }
    }
}

/// What is listened on, and whether it is of IPv6: `*` stands for both.
type Address = (Endpoint, bool);

/// The addresses that speak TLS: one `listen … ssl` says it for all servers of its address.
fn tls_addresses(files: &Workspace, nginx: &Nginx) -> HashSet<Address> {
    let servers = nginx.of_kind(ScopeKind::Server);
    let listens = servers.flat_map(|scope| nginx.here(files, scope, "listen"));
    let speaks = |listen: &NodeRef<'_>| listen.args().any(|arg| arg == "ssl");
    listens.filter(speaks).filter_map(|listen| address(files, listen)).collect()
}

/// What is spoken on an address, where it is known; `ssl on` is how it was said before 1.15.
fn spoken(
    files: &Workspace,
    nginx: &Nginx,
    scope: ScopeId,
    address: &Address,
    tls: &HashSet<Address>,
) -> Option<Protocol> {
    if tls.contains(address) {
        return Some(Protocol::Https);
    }
    match nginx.find(files, scope, "ssl") {
        Some(switch) if switch.node.arg(0).is_none_or(|text| text != "off") => None,
        _ => nginx.is_certain(scope).then_some(Protocol::Http),
    }
}

/// QUIC has sockets of UDP.
fn is_quic(listen: NodeRef<'_>) -> bool {
    listen.args().any(|arg| arg == "quic" || arg == "udp")
}

/// `80`, `127.0.0.1:8080`, `127.0.0.1`, `[::]:80`, `*:80`, `unix:/path`.
fn address(files: &Workspace, listen: NodeRef<'_>) -> Option<Address> {
    let text = listen.arg(0)?;
    if let Some(path) = text.strip_prefix("unix:") {
        return Some((Endpoint::unix(path, &files.root), false));
    }
    let endpoint = match text.parse() {
        Ok(port) => Endpoint::tcp("*", port),
        Err(_) => wildcard(Endpoint::authority(&text, Some(80))),
    };
    Some((endpoint, text.starts_with('[')))
}
