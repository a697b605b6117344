//! The model of the machine: gateways, pools, PHP, what listens where, and the legs between them.
//!
//! Inheritance is resolved here, once, keeping where each winning value was written, so that a rule
//! can say "60 s (default), 300 s here, 30 s there" with a label in each file.

pub mod access;
pub mod apache;
mod chain;
pub mod compose;
mod describe;
pub mod endpoint;
pub mod fpm;
pub mod hop;
mod index;
pub mod journey;
mod listeners;
pub mod mismatch;
pub mod nginx;
pub mod php;
pub mod services;
pub mod setting;

pub use chain::Chain;
pub use describe::describe;

use crate::load::Workspace;
use crate::options::Options;
use crate::tree::Dialect;
use crate::version::{Targets, Version};

use apache::Apache;
use compose::Compose;
use endpoint::Endpoint;
use fpm::{Fpm, Pool};
use hop::{Declared, Gateway, Hop, Leg, Listener, Owner};
use nginx::Nginx;
use php::{Php, Sapi};
use services::Services;

/// The model of the machine.
#[derive(Debug, Default)]
pub struct Stack {
    /// The nginx instances.
    pub nginx: Vec<Nginx>,
    /// The Apache instances.
    pub apache: Vec<Apache>,
    /// The PHP-FPM instances.
    pub fpm: Vec<Fpm>,
    /// The php.ini files.
    pub php: Vec<Php>,
    /// Containers.
    pub compose: Compose,
    /// Application servers and what starts them.
    pub services: Services,
    /// What listens where.
    pub listeners: Vec<Listener>,
    /// Every place that hands requests on.
    pub hops: Vec<Hop>,
    /// The versions the configuration is for.
    pub targets: Targets,
    /// What listens where, as gwlint.toml says.
    pub declared: Vec<Declared>,
    index: index::Index,
}

impl Stack {
    /// Builds the model of what was loaded.
    pub fn build(files: &Workspace, targets: &Targets, options: &Options) -> Self {
        let mut stack = Self { targets: *targets, ..Self::default() };
        for server in &files.servers {
            match server.dialect {
                Dialect::Nginx | Dialect::Service => {}
                Dialect::Apache => {
                    stack
                        .apache
                        .extend(server.apache.iter().map(|expanded| Apache::build(files, server, expanded)));
                }
                Dialect::Fpm => stack.fpm.push(Fpm::build(files, server)),
                Dialect::Php => stack.php.push(Php::build(files, server)),
            }
        }
        Apache::find_governors(files, &mut stack.apache);
        stack.nginx = nginx::instances(files, options);
        for (index, nginx) in stack.nginx.iter().enumerate() {
            stack.hops.extend(nginx::hops(files, nginx, index));
        }
        for (index, apache) in stack.apache.iter().enumerate() {
            stack.hops.extend(apache::hops(files, apache, index));
        }
        stack.compose = Compose::build(files);
        stack.services = Services::build(files);
        stack.listeners = listeners::collect(files, &stack);
        stack.declared = options.listeners.iter().map(|said| Declared::read(said, &files.root)).collect();
        stack.index = index::Index::build(&stack.listeners, &stack.hops);
        stack
    }

    /// All pools, each with the FPM it belongs to.
    pub fn pools(&self) -> impl Iterator<Item = (&Fpm, &Pool)> {
        self.fpm.iter().flat_map(|fpm| fpm.pools.iter().map(move |pool| (fpm, pool)))
    }

    /// What answers on the other end of a leg, as far as it is in sight.
    pub fn listeners_at<'a>(&'a self, leg: &'a Leg) -> impl Iterator<Item = &'a Listener> {
        let near = self.index.near(&leg.endpoint).iter().map(|&number| &self.listeners[number]);
        near.filter(|listener| leg.endpoint.reaches(&listener.endpoint))
    }

    /// Whether something is known to answer on the other end of a leg, if only that it does.
    pub fn is_answered(&self, leg: &Leg) -> bool {
        self.listeners_at(leg).next().is_some()
            || matches!(leg.endpoint, Endpoint::Tcp { port, .. } if leg.endpoint.is_loopback() && self.compose.publishes(port))
            || self.declared.iter().any(|declared| leg.endpoint.reaches(&declared.endpoint))
    }

    /// The listeners of one owner.
    pub fn listeners_of(&self, owner: Owner) -> impl Iterator<Item = &Listener> {
        self.index.owned(owner).iter().map(|&number| &self.listeners[number])
    }

    /// The hops that stand directly in a place of a gateway.
    pub fn hops_in(&self, gateway: Gateway, scope: nginx::ScopeId) -> impl Iterator<Item = &Hop> {
        self.index.at(gateway, scope).iter().map(|&number| &self.hops[number])
    }

    /// Whether any hop goes to a listener.
    pub fn is_called(&self, listener: &Listener) -> bool {
        let calling = self.index.calling(&listener.endpoint).iter().map(|&number| &self.hops[number]);
        calling.flat_map(|hop| &hop.legs).any(|leg| leg.endpoint.reaches(&listener.endpoint))
    }

    /// The application server on the other end of a leg, itself or through a socket of systemd.
    pub fn app_at(&self, leg: &Leg) -> Option<&services::App> {
        let apps = &self.services.apps;
        self.listeners_at(leg).find_map(|listener| match listener.owner {
            Owner::App(app) => apps.get(app),
            Owner::Socket(socket) => {
                let service = self.services.sockets[socket].service?;
                apps.iter().find(|app| app.unit == Some(service))
            }
            _ => None,
        })
    }

    /// The pool on the other end of a leg.
    pub fn pool_at(&self, leg: &Leg) -> Option<(&Fpm, &Pool)> {
        self.listeners_at(leg).find_map(|listener| match listener.owner {
            Owner::Pool(fpm, pool) => Some((&self.fpm[fpm], &self.fpm[fpm].pools[pool])),
            _ => None,
        })
    }

    /// The php.ini a FPM reads, when it is in sight.
    pub fn php_of(&self, fpm: &Fpm) -> Option<&Php> {
        let fits =
            |php: &&Php| php.whole && php.version == fpm.version && matches!(php.sapi, Sapi::Fpm | Sapi::Any);
        self.php.iter().filter(fits).max_by_key(|php| php.sapi == Sapi::Fpm)
    }

    /// The PHP version a FPM runs, when it is known.
    pub fn php_version(&self, fpm: &Fpm) -> Option<Version> {
        fpm.version.or(self.targets.php)
    }

    /// The nginx a hop begins at, if it is one.
    pub fn nginx_of(&self, hop: &Hop) -> Option<&Nginx> {
        match hop.gateway {
            Gateway::Nginx(index) => self.nginx.get(index),
            Gateway::Apache(_) => None,
        }
    }

    /// The Apache a hop begins at, if it is one.
    pub fn apache_of(&self, hop: &Hop) -> Option<&Apache> {
        match hop.gateway {
            Gateway::Apache(index) => self.apache.get(index),
            Gateway::Nginx(_) => None,
        }
    }

    /// The hops that begin at an nginx.
    pub fn nginx_hops(&self) -> impl Iterator<Item = (&Nginx, &Hop)> {
        self.hops.iter().filter_map(|hop| Some((self.nginx_of(hop)?, hop)))
    }

    /// The hops that begin at an Apache.
    pub fn apache_hops(&self) -> impl Iterator<Item = (&Apache, &Hop)> {
        self.hops.iter().filter_map(|hop| Some((self.apache_of(hop)?, hop)))
    }
}
