//! Finds listeners by address and hops by place, so that big trees stay linear.

use std::collections::HashMap;

use super::endpoint::Endpoint;
use super::hop::{Gateway, Hop, Listener, Owner};
use super::nginx::ScopeId;

/// What two endpoints that reach each other have in common.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Key {
    Path(String),
    Port(u16),
}

impl Key {
    fn of(endpoint: &Endpoint) -> Option<Self> {
        match endpoint {
            Endpoint::Unix(path) => Some(Self::Path(path.clone())),
            Endpoint::Tcp { port, .. } => Some(Self::Port(*port)),
            Endpoint::Unresolved => None,
        }
    }
}

/// Where in [`super::Stack::listeners`] and [`super::Stack::hops`] to look.
#[derive(Debug, Default)]
pub(super) struct Index {
    by_endpoint: HashMap<Key, Vec<usize>>,
    by_owner: HashMap<Owner, Vec<usize>>,
    called: HashMap<Key, Vec<usize>>,
    by_place: HashMap<(Gateway, ScopeId), Vec<usize>>,
}

impl Index {
    pub(super) fn build(listeners: &[Listener], hops: &[Hop]) -> Self {
        let mut index = Self::default();
        for (number, listener) in listeners.iter().enumerate() {
            if let Some(key) = Key::of(&listener.endpoint) {
                index.by_endpoint.entry(key).or_default().push(number);
            }
            index.by_owner.entry(listener.owner).or_default().push(number);
        }
        for (number, hop) in hops.iter().enumerate() {
            index.by_place.entry((hop.gateway, hop.scope)).or_default().push(number);
            for key in hop.legs.iter().filter_map(|leg| Key::of(&leg.endpoint)) {
                index.called.entry(key).or_default().push(number);
            }
        }
        index
    }

    /// The listeners that can be on the other end of `endpoint`, in order.
    pub(super) fn near(&self, endpoint: &Endpoint) -> &[usize] {
        Self::get(&self.by_endpoint, Key::of(endpoint).as_ref())
    }

    /// The listeners of `owner`, in order.
    pub(super) fn owned(&self, owner: Owner) -> &[usize] {
        Self::get(&self.by_owner, Some(&owner))
    }

    /// The hops that can go to `endpoint`, in order.
    pub(super) fn calling(&self, endpoint: &Endpoint) -> &[usize] {
        Self::get(&self.called, Key::of(endpoint).as_ref())
    }

    /// The hops that stand directly in a place, in order.
    pub(super) fn at(&self, gateway: Gateway, scope: ScopeId) -> &[usize] {
        Self::get(&self.by_place, Some(&(gateway, scope)))
    }

    fn get<'a, K: std::hash::Hash + Eq>(map: &'a HashMap<K, Vec<usize>>, key: Option<&K>) -> &'a [usize] {
        key.and_then(|key| map.get(key)).map(Vec::as_slice).unwrap_or_default()
    }
}
