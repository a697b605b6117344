//! What the servers of nginx listen on: addresses as nginx tells them apart, and who shares them.

use std::collections::HashMap;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::load::Workspace;
use crate::source::Span;
use crate::tree::NodeRef;

use super::{Nginx, ScopeId, ScopeKind};

/// A range of more ports is not looked at.
const MOST_PORTS: u16 = 1000;

/// What nginx takes for one socket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// An address of IPv4 and a port; `*` is `0.0.0.0`.
    V4(Ipv4Addr, u16),
    /// An address of IPv6 and a port.
    V6(Ipv6Addr, u16),
    /// A name and a port, which the resolver may make anything of.
    Name(String, u16),
    /// A socket in the file system.
    Unix(String),
}

impl Address {
    /// Reads the address of a `listen`, as nginx reads it: the first and the last port of a range come along.
    fn parse(text: &str) -> Option<(Self, u16)> {
        if let Some(path) = text.strip_prefix("unix:") {
            return Some((Self::Unix(path.to_owned()), 0));
        }
        if let Some(rest) = text.strip_prefix('[') {
            let (host, port) = rest.split_once(']')?;
            let (port, last) = ports(port.strip_prefix(':'), port)?;
            return Some((Self::V6(host.parse().ok()?, port), last));
        }
        let all = Ipv4Addr::UNSPECIFIED;
        if let Some((port, last)) = port_range(text) {
            return Some((Self::V4(all, port), last));
        }
        let (host, port) = match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        };
        let (port, last) = ports(port, "")?;
        let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        match host.parse() {
            Ok(host) => Some((Self::V4(host, port), last)),
            Err(_) if host == "*" => Some((Self::V4(all, port), last)),
            Err(_) if host.chars().all(name) && host.contains(|c: char| c.is_ascii_alphabetic()) => {
                Some((Self::Name(host.to_ascii_lowercase(), port), last))
            }
            Err(_) => None,
        }
    }

    /// The same address on another port.
    fn with_port(&self, port: u16) -> Self {
        match self {
            Self::V4(host, _) => Self::V4(*host, port),
            Self::V6(host, _) => Self::V6(*host, port),
            Self::Name(host, _) => Self::Name(host.clone(), port),
            Self::Unix(path) => Self::Unix(path.clone()),
        }
    }

    /// Its port, 0 for a socket in the file system.
    pub const fn port(&self) -> u16 {
        match self {
            Self::V4(_, port) | Self::V6(_, port) | Self::Name(_, port) => *port,
            Self::Unix(_) => 0,
        }
    }
}

/// The ports behind a `:`; 80 where there is none, which is fine only if there is no `rest` either.
fn ports(text: Option<&str>, rest: &str) -> Option<(u16, u16)> {
    match text {
        Some(text) => port_range(text),
        None => rest.is_empty().then_some((80, 80)),
    }
}

/// `80` or `8080-8090`.
fn port_range(text: &str) -> Option<(u16, u16)> {
    let read = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u16>().ok().filter(|&port| digits && port > 0)
    };
    match text.split_once('-') {
        Some((first, last)) => Some((read(first)?, read(last)?))
            .filter(|(first, last)| first <= last && last - first <= MOST_PORTS),
        None => read(text).map(|port| (port, port)),
    }
}

/// As nginx names it in its log.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(host, port) => write!(f, "{host}:{port}"),
            Self::V6(host, port) => write!(f, "[{host}]:{port}"),
            Self::Name(host, port) => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "unix:{path}"),
        }
    }
}

/// One address of a server.
#[derive(Debug, Clone, Copy)]
pub struct Listen<'a> {
    /// The server.
    pub server: ScopeId,
    /// The `listen`; of a server that has none the `server`.
    pub node: NodeRef<'a>,
    /// Whether the server has no `listen`, and so has port 80.
    pub implied: bool,
}

impl<'a> Listen<'a> {
    /// Its words behind the address.
    pub fn options(self) -> impl Iterator<Item = (std::borrow::Cow<'a, str>, Span)> {
        let words = if self.implied { &[][..] } else { self.node.words().get(1..).unwrap_or_default() };
        words.iter().map(move |&word| (self.node.value(word), word.span))
    }

    /// Whether it has one of these options.
    pub fn has(self, names: &[&str]) -> bool {
        self.options().any(|(option, _)| names.contains(&&*option))
    }

    /// Whether it makes its server the one for names nobody has.
    pub fn is_default(self) -> bool {
        self.has(&["default_server", "default"])
    }

    /// Where it is shown.
    pub fn span(self) -> Span {
        self.node.head()
    }
}

/// All that share one address, in the order nginx reads them.
#[derive(Debug)]
pub struct Site<'a> {
    /// The address.
    pub address: Address,
    /// The `listen`s of it.
    pub listens: Vec<Listen<'a>>,
}

/// What the servers of `http` listen on.
#[derive(Debug, Default)]
pub struct Sites<'a> {
    /// The addresses, in the order nginx reads them.
    pub sites: Vec<Site<'a>>,
    /// Whether there is a `listen` that cannot be read.
    pub unread: bool,
}

impl<'a> Sites<'a> {
    /// The addresses of all servers of `http`.
    pub fn of(nginx: &'a Nginx, files: &'a Workspace) -> Self {
        let mut sites = Self::default();
        let mut index = HashMap::new();
        for server in nginx.of_kind(ScopeKind::Server) {
            let mut any = false;
            for node in nginx.here(files, server, "listen") {
                any = true;
                sites.read(&mut index, Listen { server, node, implied: false });
            }
            if let (false, true, Some(at)) = (any, nginx.is_certain(server), nginx.scope(server).at) {
                let listen = Listen { server, node: files.node(at), implied: true };
                sites.add(&mut index, Address::V4(Ipv4Addr::UNSPECIFIED, 80), listen);
            }
        }
        sites
    }

    /// Takes in a `listen`, on each of its ports.
    fn read(&mut self, index: &mut HashMap<(Address, bool), usize>, listen: Listen<'a>) {
        match listen.node.arg(0).and_then(|text| Address::parse(&text)) {
            Some((first, last)) => {
                for port in first.port()..=last {
                    self.add(index, first.with_port(port), listen);
                }
            }
            None => self.unread = true,
        }
    }

    /// QUIC and UDP have sockets of their own.
    fn add(&mut self, index: &mut HashMap<(Address, bool), usize>, address: Address, listen: Listen<'a>) {
        let number = *index.entry((address.clone(), listen.has(&["quic", "udp"]))).or_insert_with(|| {
            self.sites.push(Site { address, listens: Vec::new() });
            self.sites.len() - 1
        });
        self.sites[number].listens.push(listen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_nginx_reads_them() {
        let shown = |text| Address::parse(text).map(|(address, last)| format!("{address} {last}"));
        let all = ["80", "*:80", "0.0.0.0:080", "*", "0.0.0.0"].map(shown);
        assert!(all.iter().all(|text| text.as_deref() == Some("0.0.0.0:80 80")), "{all:?}");
        assert_eq!(shown("[0:0::1]:443").as_deref(), Some("[::1]:443 443"));
        assert_eq!(shown("[::]").as_deref(), Some("[::]:80 80"));
        assert_eq!(shown("8080-8082").as_deref(), Some("0.0.0.0:8080 8082"));
        assert_eq!(shown("Localhost:81").as_deref(), Some("localhost:81 81"));
        assert_eq!(shown("unix:/run/a.sock").as_deref(), Some("unix:/run/a.sock 0"));
        assert_eq!(
            ["{{ port }}", "$port", "127.0.0.1:<port>", "70000", "[::]x", ""].map(shown),
            [None, None, None, None, None, None]
        );
    }
}
