//! Where a gateway speaks one language, and who listens there another.

use std::collections::{HashMap, HashSet};

mod scheme;

use super::Stack;
use crate::load::Workspace;
use crate::source::Span;

use super::hop::{Gateway, Hop, Leg, Listener, Owner, Protocol};

use Protocol::{Fastcgi, Http, Https, Scgi, Uwsgi};

/// What a web server says to a request that is none of HTTP.
const BAD_REQUEST: &str = "the page says: 400 Bad Request; the gateway logs nothing";

/// A hop that is not understood on its other end.
#[derive(Debug)]
pub struct Mismatch<'a> {
    /// The hop.
    pub hop: &'a Hop,
    /// The first leg that is not understood.
    pub leg: &'a Leg,
    /// Who listens there.
    pub listener: &'a Listener,
    /// What is spoken there.
    pub spoken: Protocol,
    /// Whether all its legs come to the same, so that no request is answered.
    pub all: bool,
}

impl<'a> Mismatch<'a> {
    /// The hops for which `concerns` holds of what they speak and what is spoken at the other end, each once.
    pub fn find(stack: &'a Stack, concerns: impl Fn(Protocol, Protocol) -> bool) -> Vec<Self> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        // A thousand sites may call one address, which a thousand others share.
        let mut ends = HashMap::new();
        for hop in &stack.hops {
            let mut spoken = |leg: &'a Leg| {
                let end = *ends.entry(&leg.endpoint).or_insert_with(|| stack.other_end(leg));
                end.filter(|(listener, _)| stack.is_settled(hop, listener))
            };
            let legs: Vec<_> =
                hop.legs.iter().filter(|leg| !leg.down).map(|leg| (leg, spoken(leg))).collect();
            let wrong = |end: &Option<(&'a Listener, Protocol)>| {
                end.is_some_and(|(_, spoken)| concerns(hop.protocol, spoken))
            };
            let Some((leg, Some((listener, spoken)))) = legs.iter().find(|(_, end)| wrong(end)).copied()
            else {
                continue;
            };
            let all = legs.iter().all(|(_, end)| end.is_some_and(|(_, other)| other == spoken));
            let place = if all { hop.at } else { leg.at };
            if seen.insert(place) {
                found.push(Self { hop, leg, listener, spoken, all });
            }
        }
        found
    }

    /// What the visitor gets, and what the gateway logs, asked of nginx 1.22 and Apache 2.4.
    pub fn answer(&self) -> (u16, &'static str) {
        // Apache waits for the end of a line of HTTP, as long as it waits for any request.
        let patient = matches!(self.listener.owner, Owner::Apache(_));
        let nginx = matches!(self.hop.gateway, Gateway::Nginx(_));
        match (nginx, self.hop.protocol, self.spoken) {
            (_, Http, Https) => (400, self.page()),
            (true, Fastcgi | Uwsgi | Scgi, Http | Https) if patient => (
                502,
                "nginx logs, when Apache has waited long enough: upstream prematurely closed connection while reading response header from upstream",
            ),
            (true, Fastcgi, _) => (
                502,
                "nginx logs: upstream sent unsupported FastCGI protocol version: 72 while reading response header from upstream",
            ),
            (true, Https, Fastcgi) => (
                502,
                "nginx logs: peer closed connection in SSL handshake (104: Connection reset by peer) while SSL handshaking to upstream",
            ),
            (true, Https, _) => (
                502,
                "nginx logs: SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream",
            ),
            (true, Http, Uwsgi) => (502, "uWSGI logs: invalid request block size: 21573 (max 4096)...skip"),
            (true, ..) if self.says_bad_request() => (400, BAD_REQUEST),
            (true, ..) => (
                502,
                "nginx logs: recv() failed (104: Connection reset by peer) while reading response header from upstream",
            ),
            (false, Fastcgi, _) if patient => (
                503,
                "Apache logs, when the other side has waited long enough: AH01067: Failed to read FastCGI header",
            ),
            (false, Fastcgi, _) => (503, "Apache logs: AH01068: Got bogus version 72"),
            (false, Https, _) => {
                (500, "Apache logs: AH00898: Error during SSL Handshake with remote server returned by /")
            }
            (false, Uwsgi, _) if self.says_bad_request() && !patient => (400, BAD_REQUEST),
            (false, Uwsgi, _) => (500, "the gateway logs nothing"),
            (false, Scgi, _) => (500, "Apache logs: AH00860: error reading response headers"),
            (false, ..) => (502, "Apache logs: AH01102: error reading status line from remote server"),
        }
    }

    /// Whether the other side takes a request of uwsgi or SCGI for one of HTTP, and answers it.
    fn says_bad_request(&self) -> bool {
        matches!(self.hop.protocol, Uwsgi | Scgi) && matches!(self.spoken, Http | Https)
    }

    /// Where it is reported: the target of the hop, or the leg that alone is wrong.
    pub fn span(&self, files: &Workspace) -> Span {
        let node = files.node(self.hop.at);
        match self.hop.gateway {
            Gateway::Nginx(_) if self.all => node.arg_span(0).unwrap_or(self.hop.span),
            _ if self.all && self.leg.at != self.hop.at => self.hop.span,
            _ => self.leg.span,
        }
    }

    /// Which requests fail.
    pub fn requests(&self) -> &'static str {
        if self.all { "every request" } else { "each request that goes there" }
    }

    /// What a listener of TLS answers to plain HTTP.
    fn page(&self) -> &'static str {
        match self.listener.owner {
            Owner::Apache(_) => "the page says: You're speaking plain HTTP to an SSL-enabled server port.",
            _ => "the page says: The plain HTTP request was sent to HTTPS port",
        }
    }

    /// Who listens, in a word or two.
    pub fn who(&self, stack: &Stack) -> String {
        match self.listener.owner {
            Owner::Pool(fpm, pool) => format!("pool [{}]", stack.fpm[fpm].pools[pool].name),
            Owner::Nginx(..) => "nginx".to_owned(),
            Owner::Apache(_) => "Apache".to_owned(),
            Owner::App(app) => stack.services.apps[app].name.clone(),
            Owner::Socket(socket) => stack.services.units[stack.services.sockets[socket].unit].name.clone(),
        }
    }
}

impl Stack {
    /// Who listens on the other end of a leg and what all who do speak there; `None` where that is not
    /// certain.
    fn other_end<'a>(&'a self, leg: &'a Leg) -> Option<(&'a Listener, Protocol)> {
        let mut listeners = self.listeners_at(leg);
        let first = listeners.next()?;
        let spoken = first.protocol?;
        let same = listeners.all(|other| other.protocol == Some(spoken));
        same.then_some((first, spoken))
    }

    /// Whether the listener belongs to a server that is in sight as a whole: of files that lie side by side
    /// not all need be of one machine.
    fn is_settled(&self, hop: &Hop, listener: &Listener) -> bool {
        match listener.owner {
            Owner::Nginx(index, _) => {
                let nginx = &self.nginx[index];
                nginx.whole || (nginx.single && hop.gateway == Gateway::Nginx(index))
            }
            Owner::Apache(index) => self.apache[index].whole || hop.gateway == Gateway::Apache(index),
            Owner::App(app) => !self.services.apps[app].assumed,
            Owner::Pool(..) | Owner::Socket(_) => true,
        }
    }
}
