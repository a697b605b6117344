//! What listens where, of all that is in sight.

use crate::load::Workspace;
use crate::stack::Stack;
use crate::stack::apache::Apache;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Listener, Owner, Protocol};
use crate::stack::nginx::{Nginx, ScopeKind};
use crate::tree::NodeRef;

/// All listeners of the stack.
pub(super) fn collect(files: &Workspace, stack: &Stack) -> Vec<Listener> {
    let mut listeners = Vec::new();
    for (fpm_index, fpm) in stack.fpm.iter().enumerate() {
        for (pool_index, pool) in fpm.pools.iter().enumerate() {
            let (Some(endpoint), Some(shown)) = (&pool.listen, &pool.listen_shown) else { continue };
            let Some(entry) = pool.get("listen") else { continue };
            listeners.push(Listener {
                endpoint: endpoint.clone(),
                shown: shown.clone().as_target(),
                protocol: Protocol::Fastcgi,
                owner: Owner::Pool(fpm_index, pool_index),
                span: entry.span,
            });
        }
    }
    for (index, nginx) in stack.nginx.iter().enumerate() {
        of_nginx(files, nginx, index, &mut listeners);
    }
    for (index, apache) in stack.apache.iter().enumerate() {
        of_apache(files, apache, index, &mut listeners);
    }
    listeners
}

/// A `server` without `listen` is on port 80.
fn of_nginx(files: &Workspace, nginx: &Nginx, index: usize, listeners: &mut Vec<Listener>) {
    for scope in nginx.of_kind(ScopeKind::Server) {
        let mut any = false;
        for listen in nginx.here(files, scope, "listen") {
            any = true;
            let Some(endpoint) = nginx_listen(files, listen) else { continue };
            let tls = listen.args().any(|arg| arg == "ssl" || arg == "quic");
            let protocol = if tls { Protocol::Https } else { Protocol::Http };
            let owner = Owner::Nginx(index, scope);
            let shown = shown(&endpoint, files);
            listeners.push(Listener { endpoint, shown, protocol, owner, span: listen.head() });
        }
        if let (false, Some(span)) = (any, nginx.head(files, scope)) {
            let owner = Owner::Nginx(index, scope);
            listeners.push(Listener {
                endpoint: Endpoint::tcp("*", 80),
                shown: Endpoint::tcp("127.0.0.1", 80),
                protocol: Protocol::Http,
                owner,
                span,
            });
        }
    }
}

/// `80`, `127.0.0.1:8080`, `127.0.0.1`, `[::]:80`, `*:80`, `unix:/path`.
fn nginx_listen(files: &Workspace, listen: NodeRef<'_>) -> Option<Endpoint> {
    let text = listen.arg(0)?;
    if let Some(path) = text.strip_prefix("unix:") {
        return Some(Endpoint::unix(path, &files.root));
    }
    if let Ok(port) = text.parse() {
        return Some(Endpoint::tcp("*", port));
    }
    Some(wildcard(Endpoint::authority(&text, Some(80))))
}

/// Apache listens where `Listen` says; what is spoken there the vhosts of that port tell.
fn of_apache(files: &Workspace, apache: &Apache, index: usize, listeners: &mut Vec<Listener>) {
    for (_, entry) in apache.everywhere("listen") {
        let Some(text) = entry.value(0) else { continue };
        let endpoint = match text.parse() {
            Ok(port) => Endpoint::tcp("*", port),
            Err(_) => wildcard(Endpoint::authority(text, None)),
        };
        let tls = match entry.value(1) {
            Some(protocol) => protocol.eq_ignore_ascii_case("https"),
            None => speaks_tls(apache, &endpoint),
        };
        let protocol = if tls { Protocol::Https } else { Protocol::Http };
        let span = entry.span(files);
        let (shown, owner) = (shown(&endpoint, files), Owner::Apache(index));
        listeners.push(Listener { endpoint, shown, protocol, owner, span });
    }
}

fn speaks_tls(apache: &Apache, endpoint: &Endpoint) -> bool {
    let Endpoint::Tcp { port, .. } = endpoint else { return false };
    let engine_on = |section| {
        let engine =
            apache.find(section, "sslengine").and_then(|(entry, _)| entry.value(0).map(str::to_owned));
        engine.is_some_and(|value| value.eq_ignore_ascii_case("on"))
    };
    apache.vhosts().filter(|&vhost| apache.answers_port(vhost, *port)).any(engine_on)
}

/// A socket path as this machine has it, below the root.
fn shown(endpoint: &Endpoint, files: &Workspace) -> Endpoint {
    match endpoint {
        Endpoint::Unix(path) => {
            Endpoint::Unix(files.root.join(path.trim_start_matches('/')).display().to_string())
        }
        other => other.clone().as_target(),
    }
}

fn wildcard(endpoint: Endpoint) -> Endpoint {
    match endpoint {
        Endpoint::Tcp { host, port } if matches!(host.as_str(), "*" | "::" | "0.0.0.0") => {
            Endpoint::tcp("*", port)
        }
        other => other,
    }
}

impl Apache {
    /// Whether a virtual host is for a port: one of its addresses names it, or all ports.
    pub fn answers_port(&self, vhost: crate::stack::nginx::ScopeId, port: u16) -> bool {
        self.section(vhost).args.iter().any(|arg| match arg.value.rsplit_once(':') {
            Some((_, text)) if !text.contains(']') => text == "*" || text.parse() == Ok(port),
            _ => true,
        })
    }
}
