//! Connections that stay open between requests, and who closes them first.

use crate::diagnostic::Edit;
use crate::edits;
use crate::load::Workspace;
use crate::rule::Context;
use crate::source::Span;
use crate::stack::apache::Apache;
use crate::stack::hop::{Leg, Listener, Owner};
use crate::stack::nginx::ScopeId;
use crate::tree::NodeRef;
use crate::value::{self, ApacheUnit, Resolution, millis_text};

pub(super) mod apache_pool_outlives_backend;
pub(super) mod not_kept;
pub(super) mod pool_recycles;
pub(super) mod reuse_ignored;
pub(super) mod starves_pool;
pub(super) mod upstream_outlives_backend;

/// Backends that wait longer than this, in milliseconds, seldom close just when a request comes.
const SHORT: u64 = 5_000;

/// How long a backend keeps a connection open that nobody uses.
struct Backend<'a> {
    /// Milliseconds.
    idle: u64,
    /// Who it is: `Apache`, `nginx`.
    name: &'static str,
    /// The directive that says so, as it is written.
    directive: &'static str,
    /// The line that sets it; where none does, the block or section to set it in.
    line: Option<NodeRef<'a>>,
    /// Where it listens.
    listen: Span,
}

impl<'a> Backend<'a> {
    /// The backend at the end of a leg; `None` where none is in sight, or it closes after each request, or there are
    /// several.
    fn at(context: &Context<'a>, leg: &Leg) -> Option<Self> {
        let mut listeners = context.stack.listeners_at(leg);
        let listener = listeners.next().filter(|_| listeners.next().is_none())?;
        match listener.owner {
            Owner::Apache(index) => Self::apache(context.files, &context.stack.apache[index], listener, leg),
            Owner::Nginx(index, server) => {
                let nginx = &context.stack.nginx[index];
                let found = nginx.find(context.files, server, "keepalive_timeout");
                let idle = match found {
                    Some(found) => value::nginx_time(&found.node.arg(0)?, Resolution::Milliseconds).ok()?,
                    None if nginx.is_certain(server) => 75_000,
                    None => return None,
                };
                let line = found.map(|found| found.node);
                let listen = listener.span;
                (idle > 0).then_some(Self {
                    idle,
                    name: "nginx",
                    directive: "keepalive_timeout",
                    line,
                    listen,
                })
            }
            Owner::Pool(..) | Owner::App(_) | Owner::Socket(_) => None,
        }
    }

    fn apache(files: &'a Workspace, apache: &Apache, listener: &Listener, leg: &Leg) -> Option<Self> {
        let port = match &leg.endpoint {
            crate::stack::endpoint::Endpoint::Tcp { port, .. } => *port,
            _ => return None,
        };
        let mut hosts = apache.vhosts().filter(|&vhost| apache.answers_port(vhost, port));
        let host = match (hosts.next(), hosts.next()) {
            (None, _) => ScopeId(0),
            (Some(host), None) => host,
            _ => Self::agreed(apache, port)?,
        };
        let off = |(entry, _): (&crate::stack::apache::Entry, bool)| {
            entry.value(0).is_none_or(|text| text.eq_ignore_ascii_case("off"))
        };
        if !apache.whole || apache.find(host, "keepalive").is_some_and(off) {
            return None;
        }
        let found = apache.find(host, "keepalivetimeout").map(|(entry, _)| entry);
        let idle = match found {
            Some(entry) => value::apache_timeout(entry.value(0)?, ApacheUnit::Seconds).ok()?,
            None => 5_000,
        };
        let line = found.map(|entry| files.node(entry.at));
        let listen = listener.span;
        (idle > 0).then_some(Self { idle, name: "Apache", directive: "KeepAliveTimeout", line, listen })
    }

    /// A virtual host of a port that stands for all, if they say the same.
    fn agreed(apache: &Apache, port: u16) -> Option<ScopeId> {
        let mut hosts = apache.vhosts().filter(|&vhost| apache.answers_port(vhost, port));
        let at = |host: ScopeId, name| apache.find(host, name).map(|(entry, _)| entry.at);
        let first = hosts.next()?;
        let same = |host: ScopeId| {
            ["keepalive", "keepalivetimeout"].iter().all(|name| at(host, name) == at(first, name))
        };
        hosts.all(same).then_some(first)
    }

    /// The time it waits, for people.
    fn said(&self) -> String {
        let default = if self.line.is_none() { " (default)" } else { "" };
        format!("{}{default}", millis_text(self.idle))
    }

    /// Where a label about it goes.
    fn span(&self) -> Span {
        self.line.map_or(self.listen, NodeRef::head)
    }

    /// A time in whole seconds that is safely shorter than its own; `None` where there is none.
    fn shorter(&self) -> Option<u64> {
        (self.idle / 1000).checked_sub(1).filter(|&seconds| seconds > 0)
    }

    /// Makes it wait `seconds`.
    fn wait(&self, seconds: u64) -> Option<Edit> {
        let text = if self.name == "nginx" { format!("{seconds}s") } else { seconds.to_string() };
        edits::replace_arg(self.line?, 0, &text)
    }
}
