//! Addresses on which something listens, or to which something connects.

use std::fmt;
use std::path::Path;

/// An address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Endpoint {
    /// A unix socket, by its path on the machine described: without the root, `/var/run` as `/run`.
    Unix(String),
    /// A TCP port. The host of a listener on all addresses is `*`.
    Tcp {
        /// The name or address, IPv6 without brackets.
        host: String,
        /// The port.
        port: u16,
    },
    /// It depends on what is not known: a variable, a name that may mean anything.
    Unresolved,
}

impl Endpoint {
    /// A unix socket. `root` is what the tree lies below; a path may or may not begin with it.
    pub fn unix(path: &str, root: &Path) -> Self {
        if path.contains('$') || path.contains("%{") {
            return Self::Unresolved;
        }
        let inside = Path::new(path).strip_prefix(root).ok().filter(|_| root != Path::new("/"));
        let path = inside.map_or_else(|| path.to_owned(), |rest| format!("/{}", rest.display()));
        let path = path.strip_prefix("/var/run/").map_or(path.clone(), |rest| format!("/run/{rest}"));
        Self::Unix(path)
    }

    /// A TCP port.
    pub fn tcp(host: &str, port: u16) -> Self {
        if host.contains('$') {
            return Self::Unresolved;
        }
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Self::Tcp { host: host.to_ascii_lowercase(), port }
    }

    /// `host:port`, `[::1]:port`, or `host` with a default port.
    pub fn authority(text: &str, default_port: Option<u16>) -> Self {
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') && (!host.contains(':') || host.starts_with('[')) => {
                (host, port.parse().ok())
            }
            _ => (text, default_port),
        };
        match port {
            Some(port) if !host.is_empty() => Self::tcp(host, port),
            _ => Self::Unresolved,
        }
    }

    /// The endpoint to write in a gateway to get to a listener here: `*` as the loopback address.
    #[must_use]
    pub fn as_target(self) -> Self {
        match self {
            Self::Tcp { host, port } if host == "*" => Self::tcp("127.0.0.1", port),
            other => other,
        }
    }

    /// Whether it is this machine, whoever asks.
    pub fn is_loopback(&self) -> bool {
        match self {
            Self::Unix(_) => true,
            Self::Tcp { host, .. } => is_loopback(host),
            Self::Unresolved => false,
        }
    }

    /// Whether a connection to `self` is answered by a listener on `listener`. `localhost` stands
    /// for both loopback addresses.
    pub fn reaches(&self, listener: &Self) -> bool {
        match (self, listener) {
            (Self::Unix(path), Self::Unix(other)) => path == other,
            (Self::Tcp { host, port }, Self::Tcp { host: bound, port: other }) => {
                port == other
                    && (host == bound || (bound == "*" && is_loopback(host)) || both_loopback(host, bound))
            }
            _ => false,
        }
    }
}

/// `localhost` and a loopback address; two different addresses are not the same place.
fn both_loopback(one: &str, other: &str) -> bool {
    (one == "localhost" && is_loopback(other)) || (other == "localhost" && is_loopback(one))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host == "::1" || host.starts_with("127.")
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{path}"),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
            Self::Unresolved => f.write_str("(unknown)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unix_paths_lose_the_root_and_var() {
        let root = Path::new("/tmp/box");
        let run = Endpoint::Unix("/run/php/a.sock".into());
        assert_eq!(Endpoint::unix("/tmp/box/run/php/a.sock", root), run);
        assert_eq!(Endpoint::unix("/var/run/php/a.sock", root), run);
        assert_eq!(Endpoint::unix("/run/php/a.sock", Path::new("/")), run);
        assert_eq!(Endpoint::unix("/run/$pool.sock", root), Endpoint::Unresolved);
    }

    #[test]
    fn authorities_may_lack_a_port() {
        assert_eq!(Endpoint::authority("a:90", None), Endpoint::tcp("a", 90));
        assert_eq!(Endpoint::authority("a", Some(80)), Endpoint::tcp("a", 80));
        assert_eq!(Endpoint::authority("[::1]:90", None), Endpoint::tcp("::1", 90));
        assert_eq!(Endpoint::authority("[::1]", Some(80)), Endpoint::tcp("::1", 80));
        assert_eq!(Endpoint::authority("a", None), Endpoint::Unresolved);
    }

    #[test]
    fn a_wildcard_listener_answers_the_loopback() {
        let all = Endpoint::tcp("*", 80);
        assert!(Endpoint::tcp("127.0.0.1", 80).reaches(&all));
        assert!(!Endpoint::tcp("10.0.0.1", 80).reaches(&all));
        assert!(Endpoint::tcp("localhost", 80).reaches(&Endpoint::tcp("127.0.0.1", 80)));
        assert!(!Endpoint::tcp("::1", 80).reaches(&Endpoint::tcp("127.0.0.1", 80)));
    }
}
