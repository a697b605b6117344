//! Redirects of nginx that every request of a place gets, with its own path.

use crate::rule::Context;
use crate::stack::nginx::{Nginx, ScopeId};
use crate::tree::NodeRef;

/// A redirect.
#[derive(Debug)]
pub(super) struct Redirect<'a> {
    /// The `return` or `rewrite`.
    pub(super) node: NodeRef<'a>,
    /// The URL, as it is written.
    pub(super) url: String,
    /// Whether it goes to https; `None` for the scheme the request came by.
    pub(super) scheme: Option<bool>,
    /// The host it goes to, in small letters.
    pub(super) host: String,
    /// The port, where it says.
    port: Option<String>,
}

/// What stands behind the host when the path of the request is kept.
const SAME_PATH: [&str; 4] = ["$request_uri", "$request_uri?", "$uri", "$uri$is_args$args"];

/// The redirects that stand directly in a place.
pub(super) fn redirects<'a>(
    context: &Context<'a>,
    nginx: &'a Nginx,
    scope: ScopeId,
) -> impl Iterator<Item = Redirect<'a>> {
    let returns = nginx.here(context.files, scope, "return").filter_map(|node| {
        let (status, url) = match node.words().len() {
            1 => ("302".into(), node.arg(0)?),
            _ => (node.arg(0)?, node.arg(1)?),
        };
        matches!(&*status, "301" | "302" | "303" | "307" | "308").then_some(())?;
        Redirect::read(node, &url, &SAME_PATH)
    });
    let rewrites = nginx.here(context.files, scope, "rewrite").filter_map(|node| {
        let kept: &[&str] = match &*node.arg(0)? {
            "^" | ".*" | "^.*$" | "^.*" => &SAME_PATH,
            "^(.*)$" | "^(.*)" | "(.*)" => &["$1", "$request_uri?"],
            "^/(.*)$" | "^/(.*)" => &["/$1", "$request_uri?"],
            _ => return None,
        };
        let ends = node.arg(2).is_none_or(|flag| flag == "permanent" || flag == "redirect");
        Redirect::read(node, &node.arg(1).filter(|_| ends)?, kept)
    });
    returns.chain(rewrites)
}

impl<'a> Redirect<'a> {
    fn read(node: NodeRef<'a>, url: &str, kept: &[&str]) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let scheme = match scheme {
            "https" => Some(true),
            "http" => Some(false),
            "$scheme" => None,
            _ => return None,
        };
        let mut longest = kept.to_vec();
        longest.sort_by_key(|path| std::cmp::Reverse(path.len()));
        let authority = longest.into_iter().find_map(|path| rest.strip_suffix(path))?;
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port.to_owned())),
            None => (authority, None),
        };
        if host.is_empty() || host.contains('/') {
            return None;
        }
        Some(Self { node, url: url.to_owned(), scheme, host: host.to_ascii_lowercase(), port })
    }

    /// Whether what follows it comes in by this `listen`.
    pub(super) fn comes_to(&self, listen: NodeRef<'_>) -> bool {
        let address = listen.arg(0).unwrap_or_default();
        let tls = listen.args().any(|arg| arg == "ssl" || arg == "quic");
        if address.starts_with("unix:") || self.scheme.is_some_and(|https| https != tls) {
            return false;
        }
        let port = match address.rsplit_once(':') {
            Some((_, port)) if !port.contains(']') => port,
            None if address.bytes().all(|byte| byte.is_ascii_digit()) => &*address,
            _ => "80",
        };
        match self.port.as_deref() {
            Some("$server_port") => true,
            Some(written) => written == port,
            // The host as the browser names it, with its port.
            None if self.host == "$http_host" => true,
            None => port == if tls { "443" } else { "80" },
        }
    }
}
