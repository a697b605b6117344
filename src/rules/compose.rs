//! Gateways in containers: what they call is another container, by its name and its own port.

pub(super) mod fpm_binds_loopback;
pub(super) mod loopback_upstream;
pub(super) mod no_shared_network;
pub(super) mod published_port;
pub(super) mod resolver_on_loopback;
pub(super) mod root_mismatch;
pub(super) mod unknown_host;

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit};
use crate::rule::Context;
use crate::source::Span;
use crate::stack::compose::{Compose, ContainerId};
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Hop, Leg};

/// A leg that begins in a container with a network of its own, and calls a port.
struct Call<'a> {
    from: ContainerId,
    hop: &'a Hop,
    leg: &'a Leg,
    host: &'a str,
    port: u16,
}

/// All calls of gateways whose configuration belongs to one service.
fn calls<'a>(context: &Context<'a>) -> Vec<Call<'a>> {
    let stack = context.stack;
    let mut seen = HashSet::new();
    let legs = stack.hops.iter().flat_map(|hop| hop.legs.iter().map(move |leg| (hop, leg)));
    let calls = legs.filter_map(|(hop, leg)| {
        let from = stack.compose.home(leg.at.file).or_else(|| stack.compose.home(hop.at.file))?;
        let Endpoint::Tcp { host, port } = &leg.endpoint else { return None };
        let alone = stack.compose.containers[from].has_own_network() && !leg.down;
        (alone && seen.insert(leg.at)).then_some(Call { from, hop, leg, host, port: *port })
    });
    calls.collect()
}

impl Call<'_> {
    /// A finding at the call, with the hop it is reached by.
    fn finding(&self, message: String) -> Diagnostic {
        let found = Diagnostic::new(self.leg.span, message, "called here");
        if self.leg.at == self.hop.at {
            found
        } else {
            found.label(self.hop.span, "requests go through it from here")
        }
    }

    /// The edit that writes other text for the host, its port or both.
    fn rewrite(&self, context: &Context<'_>, part: Part, text: &str) -> Option<Edit> {
        let (span, _) = self.leg.written?;
        let written = context.sources.text(span);
        let at = written.to_ascii_lowercase().find(self.host)?;
        let behind = at + self.host.len();
        let number = self.port.to_string();
        let at_port =
            written[behind..].strip_prefix(':').filter(|rest| rest.starts_with(&number)).map(|_| behind + 1);
        let (from, to) = match part {
            Part::Host => (at, behind),
            Part::Port => (at_port?, at_port? + number.len()),
            Part::Both => (at, at_port.map_or(behind, |at| at + number.len())),
        };
        Some(Edit::replace(Span::new(span.lo + from as u32, span.lo + to as u32), text))
    }

    /// The other container it calls, if it is one.
    fn target(&self, compose: &Compose) -> Option<ContainerId> {
        compose.called(self.from, self.host).filter(|&id| id != self.from)
    }
}

/// A part of an address.
#[derive(Debug, Clone, Copy)]
enum Part {
    Host,
    Port,
    Both,
}
