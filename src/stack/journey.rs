//! Where one request goes: from hop to hop, as the gateways would hand it on.
//!
//! The way of an example is followed, and given up wherever something is not certain: a variable, a
//! rewrite, a condition about what changes on the way.

use super::Stack;
use super::hop::{Gateway, Hop, Leg, Owner};
use crate::load::Workspace;

mod apache;
mod nginx;

/// What counts of a request on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The host it asks for, in lower case, without a port.
    pub host: String,
    /// The path.
    pub path: String,
}

impl Request {
    fn new(host: &str, path: impl Into<String>) -> Self {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        Self { host: name.to_ascii_lowercase(), path: path.into() }
    }
}

impl Stack {
    /// A request that the hop is certain to get, if there is one.
    pub fn example(&self, files: &Workspace, hop: &Hop) -> Option<Request> {
        match hop.gateway {
            Gateway::Nginx(index) => nginx::example(self, &self.nginx[index], files, hop),
            Gateway::Apache(index) => apache::example(self, &self.apache[index], hop),
        }
    }

    /// The hop that gets a request next which comes to `hop`, and what it has become by then.
    pub fn next_hop(&self, files: &Workspace, hop: &Hop, request: &Request) -> Option<(&Hop, Request)> {
        let leg = only_leg(hop)?;
        let mut listeners: Vec<_> = self.listeners_at(leg).collect();
        // Of all addresses and this one, this one gets the connection.
        if listeners.iter().any(|listener| listener.endpoint == leg.endpoint) {
            listeners.retain(|listener| listener.endpoint == leg.endpoint);
        }
        let first = listeners.first()?;
        if listeners.iter().any(|listener| listener.protocol != Some(hop.protocol)) {
            return None;
        }
        let sent = match hop.gateway {
            Gateway::Nginx(index) => nginx::sent(&self.nginx[index], files, hop, request)?,
            Gateway::Apache(index) => apache::sent(&self.apache[index], hop, request)?,
        };
        let next = match first.owner {
            Owner::Nginx(index, _) => {
                let servers = listeners.iter().map(|listener| match listener.owner {
                    Owner::Nginx(other, server) if other == index => Some((server, listener.span)),
                    _ => None,
                });
                let servers: Vec<_> = servers.collect::<Option<_>>()?;
                nginx::taken(self, &self.nginx[index], files, &servers, &sent)?
            }
            Owner::Apache(index) => apache::taken(self, index, &leg.endpoint, &sent)?,
            _ => return None,
        };
        Some((next, sent))
    }
}

/// The one address a hop goes to.
fn only_leg(hop: &Hop) -> Option<&Leg> {
    let mut legs = hop.legs.iter().filter(|leg| !leg.down && !leg.backup);
    let first = legs.next()?;
    legs.next().is_none().then_some(first)
}
