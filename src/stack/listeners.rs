//! What listens where, of all that is in sight.

use crate::load::Workspace;
use crate::stack::Stack;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Listener, Owner, Protocol};

mod apache;
mod nginx;

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
                protocol: Some(Protocol::Fastcgi),
                owner: Owner::Pool(fpm_index, pool_index),
                span: entry.span,
            });
        }
    }
    for (index, nginx) in stack.nginx.iter().enumerate() {
        nginx::collect(files, nginx, index, &mut listeners);
    }
    for (index, apache) in stack.apache.iter().enumerate() {
        apache::collect(files, apache, index, &mut listeners);
    }
    of_services(stack, &mut listeners);
    listeners
}

/// Application servers, and the sockets systemd holds for them.
fn of_services(stack: &Stack, listeners: &mut Vec<Listener>) {
    let apps = stack.services.apps.iter().enumerate();
    let apps = apps.flat_map(|(index, app)| app.binds.iter().map(move |bind| (Owner::App(index), bind)));
    let sockets = stack.services.sockets.iter().enumerate();
    let sockets =
        sockets.flat_map(|(index, at)| at.binds.iter().map(move |bind| (Owner::Socket(index), bind)));
    for (owner, bind) in apps.chain(sockets) {
        let (endpoint, shown) = (bind.endpoint.clone(), bind.shown.clone());
        listeners.push(Listener { endpoint, shown, protocol: bind.protocol, owner, span: bind.span });
    }
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
