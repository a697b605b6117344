//! The whole way of a request: client, gateway, gateway behind it, pool, PHP.

use super::Stack;
use super::endpoint::Endpoint;
use super::fpm::{Fpm, Pool};
use super::hop::{Gateway, Hop, Leg, Owner, Protocol};
use super::nginx::{ScopeId, ScopeKind};
use crate::load::Workspace;

/// One way from a front gateway to a pool.
#[derive(Debug, Clone)]
pub struct Chain<'a> {
    /// The hops, from the client's side.
    pub hops: Vec<&'a Hop>,
    /// The FPM that answers.
    pub fpm: &'a Fpm,
    /// The pool that answers.
    pub pool: &'a Pool,
}

/// Looks for ways.
struct Walk<'a, 'b> {
    stack: &'a Stack,
    behind: &'b [Vec<usize>],
    leads: &'b [bool],
    chains: Vec<Chain<'a>>,
}

impl Walk<'_, '_> {
    fn follow(&mut self, way: &mut Vec<usize>) {
        let Some(&last) = way.last() else { return };
        let hop = &self.stack.hops[last];
        for leg in hop.legs.iter().filter(|_| hop.protocol == Protocol::Fastcgi) {
            if let Some((fpm, pool)) = self.stack.pool_at(leg) {
                let hops = way.iter().map(|&hop| &self.stack.hops[hop]).collect();
                self.chains.push(Chain { hops, fpm, pool });
            }
        }
        for &next in &self.behind[last] {
            let again = way.contains(&next) || !self.leads[next];
            if !again && way.len() < MAX_HOPS && self.chains.len() < MAX_CHAINS {
                way.push(next);
                self.follow(way);
                way.pop();
            }
        }
    }
}

/// A machine with more ways than this is many machines in one tree; the first ones say enough.
const MAX_CHAINS: usize = 100_000;

/// More gateways one behind the other than this are a loop, not a chain.
const MAX_HOPS: usize = 4;

impl Stack {
    /// All ways through the gateways that end in a pool which is in sight. A hop that is reached
    /// through another one begins no way of its own.
    pub fn chains(&self, files: &Workspace) -> Vec<Chain<'_>> {
        let behind: Vec<Vec<usize>> = self.hops.iter().map(|hop| self.behind(files, hop)).collect();
        let leads = self.leading_to_pools(&behind);
        let mut behind_another = vec![false; self.hops.len()];
        for &next in behind.iter().flatten() {
            behind_another[next] = true;
        }
        let mut walk = Walk { stack: self, behind: &behind, leads: &leads, chains: Vec::new() };
        for index in (0..self.hops.len()).filter(|&index| leads[index] && !behind_another[index]) {
            walk.follow(&mut vec![index]);
        }
        walk.chains
    }

    /// Whether each hop ends in a pool, itself or through others.
    fn leading_to_pools(&self, behind: &[Vec<usize>]) -> Vec<bool> {
        let ends = |hop: &Hop| hop.legs.iter().any(|leg| self.pool_at(leg).is_some());
        let mut leads: Vec<bool> =
            self.hops.iter().map(|hop| hop.protocol == Protocol::Fastcgi && ends(hop)).collect();
        for _ in 1..MAX_HOPS {
            let further: Vec<usize> = (0..leads.len())
                .filter(|&index| !leads[index] && behind[index].iter().any(|&next| leads[next]))
                .collect();
            for index in further {
                leads[index] = true;
            }
        }
        leads
    }

    /// The hops of the gateway a hop leads to, in the virtual hosts its requests can get to.
    pub fn behind(&self, files: &Workspace, hop: &Hop) -> Vec<usize> {
        let mut found = Vec::new();
        if !matches!(hop.protocol, Protocol::Http | Protocol::Https) {
            return found;
        }
        for leg in &hop.legs {
            for listener in self.listeners_at(leg) {
                let reached: Vec<usize> = match listener.owner {
                    Owner::Apache(apache) => self.in_apache(files, hop, leg, apache),
                    Owner::Nginx(nginx, server) => self.in_nginx(nginx, server),
                    Owner::Pool(..) | Owner::App(_) | Owner::Socket(_) => Vec::new(),
                };
                for next in reached {
                    if !found.contains(&next) {
                        found.push(next);
                    }
                }
            }
        }
        found
    }

    fn in_apache(&self, files: &Workspace, hop: &Hop, leg: &Leg, apache: usize) -> Vec<usize> {
        let gateway = Gateway::Apache(apache);
        let hops = self.apache[apache].section_ids().flat_map(|section| self.index.at(gateway, section));
        hops.copied().filter(|&next| self.vhost_gets(files, hop, leg, &self.hops[next])).collect()
    }

    fn in_nginx(&self, nginx: usize, server: ScopeId) -> Vec<usize> {
        let scopes = std::iter::once(server).chain(self.nginx[nginx].inside(server));
        scopes.flat_map(|scope| self.index.at(Gateway::Nginx(nginx), scope)).copied().collect()
    }

    /// Whether requests of `hop` get to the virtual host `next` stands in: it is for the port, and
    /// has a name the front asks for, or no other one has.
    fn vhost_gets(&self, files: &Workspace, hop: &Hop, leg: &Leg, next: &Hop) -> bool {
        let Endpoint::Tcp { port, .. } = leg.endpoint else { return false };
        let Some(apache) = self.apache_of(next) else { return false };
        let vhost = apache.vhost_of(next.scope);
        if vhost.0 == 0 {
            return true;
        }
        if !apache.answers_port(vhost, port) {
            return false;
        }
        let asked = self.names_asked(files, hop);
        let named = |vhost| apache.names(vhost).any(|name| asked.iter().any(|asked| asked == name));
        let candidates: Vec<_> = apache.vhosts().filter(|&vhost| apache.answers_port(vhost, port)).collect();
        let any_named = candidates.iter().any(|&vhost| named(vhost));
        if any_named { named(vhost) } else { candidates.first() == Some(&vhost) || asked.is_empty() }
    }

    /// The host names a gateway asks for behind `hop`, as far as it hands its own on.
    fn names_asked(&self, files: &Workspace, hop: &Hop) -> Vec<String> {
        let Some(nginx) = self.nginx_of(hop) else { return Vec::new() };
        let Some(server) = nginx.enclosing(hop.scope, ScopeKind::Server) else { return Vec::new() };
        let names = nginx.here(files, server, "server_name").flat_map(|node| node.args().collect::<Vec<_>>());
        names.map(std::borrow::Cow::into_owned).collect()
    }
}

impl super::apache::Apache {
    /// The `ServerName` and `ServerAlias` of a virtual host, ports left out.
    pub fn names(&self, vhost: ScopeId) -> impl Iterator<Item = &str> {
        let names = self.here(vhost, "servername").chain(self.here(vhost, "serveralias"));
        names.flat_map(|entry| &entry.args).map(|arg| arg.value.split(':').next().unwrap_or(&arg.value))
    }
}
