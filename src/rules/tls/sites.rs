//! The sites behind one address of TLS, and which of them a name leads to.

use std::collections::HashMap;

use crate::rule::Context;
use crate::source::Span;
use crate::stack::apache::Apache;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Hop, Leg, Listener, Owner, Protocol};
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind, target};

/// A server of nginx or a virtual host of Apache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Nginx(usize, ScopeId),
    Apache(usize, ScopeId),
}

/// A site.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) place: Place,
    /// Its first name; none where it has none.
    pub(super) name: String,
    /// The head of its block.
    pub(super) span: Span,
}

/// The sites of one address.
#[derive(Debug, Default)]
pub(super) struct Sites {
    pub(super) all: Vec<Site>,
    by_name: HashMap<String, usize>,
    /// The names that are for many hosts.
    patterns: Vec<(String, usize)>,
    /// The one for names nobody has, if it is not the first.
    default: usize,
}

impl Sites {
    /// Those at the end of a leg; `None` where something else listens, or not all is in sight.
    pub(super) fn at(context: &Context<'_>, leg: &Leg) -> Option<Self> {
        let mut listeners: Vec<&Listener> = context.stack.listeners_at(leg).collect();
        // Of all addresses and this one, this one gets the connection.
        if listeners.iter().any(|listener| listener.endpoint == leg.endpoint) {
            listeners.retain(|listener| listener.endpoint == leg.endpoint);
        }
        let mut sites = Self::default();
        for listener in listeners {
            if listener.protocol != Some(Protocol::Https) {
                return None;
            }
            match listener.owner {
                Owner::Nginx(index, server) => sites.add_server(context, index, server, listener)?,
                Owner::Apache(index) => sites.add_vhosts(context, index, &leg.endpoint)?,
                _ => return None,
            }
        }
        (!sites.all.is_empty()).then_some(sites)
    }

    fn add_server(
        &mut self,
        context: &Context<'_>,
        index: usize,
        server: ScopeId,
        listener: &Listener,
    ) -> Option<()> {
        let nginx = context.stack.nginx.get(index).filter(|nginx| nginx.whole && nginx.is_certain(server))?;
        let heads = nginx.here(context.files, server, "listen");
        let mut own = heads.filter(|node| node.head() == listener.span);
        if own.any(|node| node.args().any(|arg| arg == "default_server" || arg == "default")) {
            self.default = self.all.len();
        }
        let names = server_names(context, nginx, server);
        self.add(Place::Nginx(index, server), names, nginx.head(context.files, server)?);
        Some(())
    }

    /// The virtual hosts of a port, if all are for the same addresses.
    fn add_vhosts(&mut self, context: &Context<'_>, index: usize, endpoint: &Endpoint) -> Option<()> {
        let apache = context.stack.apache.get(index).filter(|apache| apache.whole)?;
        let Endpoint::Tcp { port, .. } = endpoint else { return None };
        let vhosts: Vec<_> = apache.vhosts().filter(|&vhost| apache.answers_port(vhost, *port)).collect();
        let addresses = |vhost: ScopeId| {
            let args = apache.section(vhost).args.iter();
            args.map(|arg| arg.value.replace("_default_", "*")).collect::<Vec<_>>()
        };
        let first = addresses(*vhosts.first()?);
        if vhosts.iter().any(|&vhost| addresses(vhost) != first) {
            return None;
        }
        for vhost in vhosts {
            let names = apache.names(vhost).map(str::to_ascii_lowercase).collect();
            self.add(Place::Apache(index, vhost), names, apache.node(context.files, vhost)?.head());
        }
        Some(())
    }

    fn add(&mut self, place: Place, names: Vec<String>, span: Span) {
        let index = self.all.len();
        self.all.push(Site { place, name: names.first().cloned().unwrap_or_default(), span });
        for name in names {
            if is_plain(&name) {
                self.by_name.entry(name).or_insert(index);
            } else {
                self.patterns.push((name, index));
            }
        }
    }

    /// The site for a name, or for none; `None` where that is not certain.
    pub(super) fn named(&self, name: Option<&str>) -> Option<&Site> {
        let own = name.map_or(Ok(None), |name| self.own(name)).ok()?;
        self.all.get(own.unwrap_or(self.default))
    }

    /// The site that has a name for its own; `None` where that is not certain.
    pub(super) fn owner(&self, name: &str) -> Option<&Site> {
        self.all.get(self.own(name).ok()??)
    }

    fn own(&self, name: &str) -> Result<Option<usize>, Unclear> {
        let exact = self.by_name.get(name).copied();
        // Of Apache's virtual hosts the first with a name that fits gets the request, pattern or not.
        let apache = self.all.first().is_some_and(|site| matches!(site.place, Place::Apache(..)));
        if exact.is_some() && !apache {
            return Ok(exact);
        }
        let mut first = exact;
        for (pattern, index) in &self.patterns {
            if fits(pattern, name)? {
                if !apache {
                    return Err(Unclear);
                }
                first = Some(first.map_or(*index, |first| first.min(*index)));
            }
        }
        Ok(first)
    }
}

/// Whether a pattern takes a name in cannot be told.
#[derive(Debug)]
struct Unclear;

/// Whether a name with one `*` or a `.` in front is for a host.
fn fits(pattern: &str, name: &str) -> Result<bool, Unclear> {
    if pattern.contains(['?', '~', '$', '%', '{']) || pattern.matches('*').count() > 1 {
        return Err(Unclear);
    }
    Ok(match pattern.split_once('*') {
        Some((start, end)) => {
            name.len() > start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
        None => name.ends_with(pattern) || pattern.strip_prefix('.') == Some(name),
    })
}

/// The names of a server, in small letters.
pub(super) fn server_names(context: &Context<'_>, nginx: &Nginx, server: ScopeId) -> Vec<String> {
    let nodes = nginx.here(context.files, server, "server_name");
    nodes.flat_map(|node| node.args().map(|name| name.to_ascii_lowercase()).collect::<Vec<_>>()).collect()
}

/// Whether a name is for one host.
pub(super) fn is_plain(name: &str) -> bool {
    !name.contains(['*', '?', '~', '$', '%', '{']) && !name.starts_with('.')
}

/// A text of nginx that names a host (`$host`, `$proxy_host`, `a.test:443`) for a request to `name`; `None` where it
/// depends on what is not known.
pub(super) fn host_in(
    context: &Context<'_>,
    nginx: &Nginx,
    hop: &Hop,
    text: &str,
    name: &str,
) -> Option<String> {
    let host = |text: &str| text.split(':').next().unwrap_or_default().to_ascii_lowercase();
    match text.split(':').next().unwrap_or_default() {
        "$host" | "$http_host" | "$ssl_server_name" => Some(name.to_owned()).filter(|name| !name.is_empty()),
        "$server_name" => {
            let server = nginx.enclosing(hop.scope, ScopeKind::Server)?;
            server_names(context, nginx, server).into_iter().next().filter(|name| is_plain(name))
        }
        "$proxy_host" => {
            let text = context.files.node(hop.at).arg(0)?;
            Some(host(target(&text, Protocol::Http).address)).filter(|host| is_plain(host))
        }
        other if other.contains('$') => None,
        other => Some(host(other)),
    }
}

/// What nginx tells the other side of whom it means.
#[derive(Debug)]
pub(super) enum Told {
    Nothing,
    Name(String),
}

impl Told {
    /// What it tells with a request to `name`; `None` where that depends on what is not known.
    pub(super) fn by(context: &Context<'_>, nginx: &Nginx, hop: &Hop, name: &str) -> Option<Self> {
        if !nginx.flag(context.files, hop.scope, "proxy_ssl_server_name", false)?.value {
            return Some(Self::Nothing);
        }
        let said = nginx.text(context.files, hop.scope, "proxy_ssl_name");
        let text = said.map_or_else(|| "$proxy_host".to_owned(), |said| said.value);
        let name = host_in(context, nginx, hop, &text, name)?;
        // An address is no name, and is not sent.
        let address = name.parse::<std::net::IpAddr>().is_ok() || name.starts_with('[');
        Some(if address { Self::Nothing } else { Self::Name(name) })
    }

    /// The name.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Nothing => None,
            Self::Name(name) => Some(name),
        }
    }
}

/// The words of a directive in force in a virtual host.
pub(super) fn words<'a>(apache: &'a Apache, vhost: ScopeId, name: &'a str) -> Vec<&'a str> {
    let scope = apache.around(vhost).find(|&id| apache.here(id, name).next().is_some());
    let entries = scope.into_iter().flat_map(|id| apache.here(id, name));
    entries.flat_map(|entry| entry.args.iter().map(|arg| arg.value.as_str())).collect()
}
