//! One leg of a request, from a gateway to what answers behind it, and what listens there.

use std::path::Path;

use crate::diagnostic::Edit;
use crate::options::DeclaredListener;
use crate::source::Span;
use crate::tree::At;

use super::endpoint::Endpoint;
use super::nginx::ScopeId;

/// What is spoken on a leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
    /// `FastCGI`.
    Fastcgi,
    /// uwsgi.
    Uwsgi,
    /// SCGI.
    Scgi,
    /// gRPC, plain or over TLS.
    Grpc,
    /// memcached.
    Memcached,
    /// AJP.
    Ajp,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Http,
        Self::Https,
        Self::Fastcgi,
        Self::Uwsgi,
        Self::Scgi,
        Self::Grpc,
        Self::Memcached,
        Self::Ajp,
    ];

    /// The one people write so.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.word() == word)
    }

    /// How people write it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Fastcgi => "fastcgi",
            Self::Uwsgi => "uwsgi",
            Self::Scgi => "scgi",
            Self::Grpc => "grpc",
            Self::Memcached => "memcached",
            Self::Ajp => "ajp",
        }
    }

    /// The prefix of the nginx directives for it: `fastcgi` of `fastcgi_read_timeout`.
    pub const fn nginx_prefix(self) -> &'static str {
        match self {
            Self::Http | Self::Https | Self::Ajp => "proxy",
            other => other.word(),
        }
    }

    /// Of the scheme of an Apache proxy URL.
    pub fn of_scheme(scheme: &str) -> Option<Self> {
        match scheme.to_ascii_lowercase().as_str() {
            "http" | "ws" | "h2c" => Some(Self::Http),
            "https" | "wss" | "h2" => Some(Self::Https),
            "fcgi" => Some(Self::Fastcgi),
            "uwsgi" => Some(Self::Uwsgi),
            "scgi" => Some(Self::Scgi),
            "ajp" => Some(Self::Ajp),
            _ => None,
        }
    }
}

/// Which gateway a hop begins at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Gateway {
    /// By index of [`super::Stack::nginx`].
    Nginx(usize),
    /// By index of [`super::Stack::apache`].
    Apache(usize),
}

impl Gateway {
    /// What the visitor gets when it cannot connect.
    pub const fn unreachable_status(self) -> u16 {
        match self {
            Self::Nginx(_) => 502,
            Self::Apache(_) => 503,
        }
    }
}

/// How an endpoint is written, so that another can be written in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// nginx: `unix:/path` or `host:port`.
    Nginx,
    /// nginx `proxy_pass` with a socket: `unix:/path:`.
    NginxUrl,
    /// Apache: `unix:/path|fcgi://name` or `fcgi://host:port`.
    ApacheFcgi,
    /// Apache, of any other scheme: `host:port`.
    Authority,
}

/// One address a hop may connect to.
#[derive(Debug, Clone)]
pub struct Leg {
    /// Where it goes.
    pub endpoint: Endpoint,
    /// The same as it is written, for messages.
    pub shown: Endpoint,
    /// The directive that names it: the pass itself, or a `server` of the upstream.
    pub at: At,
    /// The text that names the endpoint, and how; `None` when it is not written as it reads.
    pub written: Option<(Span, Form)>,
    /// Where a label points.
    pub span: Span,
    /// Taken out with `down`.
    pub down: bool,
    /// Used only when the others fail.
    pub backup: bool,
}

impl Leg {
    /// The edit that makes this leg go to `listener` instead.
    pub fn redirect(&self, listener: &Listener) -> Option<Edit> {
        let (span, form) = self.written?;
        let text = match (form, &listener.shown) {
            (_, Endpoint::Unresolved) | (Form::Authority, Endpoint::Unix(_)) => return None,
            (Form::NginxUrl, Endpoint::Unix(path)) => format!("unix:{path}:"),
            (Form::ApacheFcgi, Endpoint::Unix(path)) => format!("unix:{path}|fcgi://localhost"),
            (Form::ApacheFcgi, tcp) => format!("fcgi://{tcp}"),
            (_, to) => to.to_string(),
        };
        Some(Edit::replace(span, text))
    }
}

/// One leg of a request: a place in a gateway that hands requests on.
#[derive(Debug, Clone)]
pub struct Hop {
    /// The gateway.
    pub gateway: Gateway,
    /// The location, vhost or section it stands in, by index in that gateway.
    pub scope: ScopeId,
    /// The directive: `fastcgi_pass`, `ProxyPass`, `SetHandler`.
    pub at: At,
    /// Its span, without what follows its last argument.
    pub span: Span,
    /// What is spoken.
    pub protocol: Protocol,
    /// The upstream or balancer it goes through, by index in that gateway.
    pub upstream: Option<usize>,
    /// Where it can end up. Empty when that depends on a variable whose values are not known.
    pub legs: Vec<Leg>,
}

/// Who listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A pool: indexes of [`super::Stack::fpm`] and of its pools.
    Pool(usize, usize),
    /// A `server` of nginx: index of [`super::Stack::nginx`] and its scope.
    Nginx(usize, ScopeId),
    /// An Apache: index of [`super::Stack::apache`].
    Apache(usize),
    /// An application server: index of [`super::services::Services::apps`].
    App(usize),
    /// A socket of systemd: index of [`super::services::Services::sockets`].
    Socket(usize),
}

/// An address on which something listens.
#[derive(Debug, Clone)]
pub struct Listener {
    /// The address.
    pub endpoint: Endpoint,
    /// The same as a gateway has to write it to get there.
    pub shown: Endpoint,
    /// What is spoken there; `None` where that is not known.
    pub protocol: Option<Protocol>,
    /// Who listens.
    pub owner: Owner,
    /// Where that is written.
    pub span: Span,
}

/// A listener that gwlint.toml tells of.
#[derive(Debug, Clone)]
pub struct Declared {
    /// The address.
    pub endpoint: Endpoint,
    /// What is spoken there, if that is said.
    pub protocol: Option<Protocol>,
}

impl Declared {
    /// Reads what gwlint.toml says.
    pub(super) fn read(said: &DeclaredListener, root: &Path) -> Self {
        let endpoint = match said.address.strip_prefix("unix:") {
            Some(path) => Endpoint::unix(path, root),
            None => match Endpoint::authority(&said.address, None) {
                Endpoint::Tcp { host, port } if matches!(host.as_str(), "*" | "::" | "0.0.0.0") => {
                    Endpoint::tcp("*", port)
                }
                other => other,
            },
        };
        let protocol = said.protocol.as_deref().and_then(Protocol::of_word);
        Self { endpoint, protocol }
    }
}
