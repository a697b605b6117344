//! Upstream groups of nginx.

use crate::load::Workspace;
use crate::source::Span;
use crate::tree::At;

use super::{Nginx, ScopeId, ScopeKind};

/// An `upstream` group.
#[derive(Debug)]
pub struct Upstream {
    /// Its name.
    pub name: String,
    /// The block.
    pub at: At,
    /// Where its name is written.
    pub name_span: Span,
    /// Its context.
    pub scope: ScopeId,
    /// Its servers, in order.
    pub servers: Vec<UpstreamServer>,
}

/// A `server` of an upstream group.
#[derive(Debug)]
pub struct UpstreamServer {
    /// The directive.
    pub at: At,
    /// The address as written: `unix:/path`, `host:port`, `host`.
    pub address: String,
    /// Where the address is written.
    pub span: Span,
    /// Whether the text at `span` is the address itself.
    pub plain: Option<Span>,
    /// Taken out with `down`.
    pub down: bool,
    /// Used only when the others fail.
    pub backup: bool,
}

/// All upstream groups of `nginx`.
pub(super) fn collect(files: &Workspace, nginx: &Nginx) -> Vec<Upstream> {
    let scopes = nginx.of_kind(ScopeKind::Upstream);
    scopes.filter_map(|scope| read(files, nginx, scope)).collect()
}

fn read(files: &Workspace, nginx: &Nginx, scope: ScopeId) -> Option<Upstream> {
    let at = nginx.scope(scope).at?;
    let node = files.node(at);
    let servers = nginx.here(files, scope, "server").filter_map(|server| {
        let has = |word: &str| server.args().skip(1).any(|arg| arg == word);
        Some(UpstreamServer {
            at: server.at(),
            address: server.arg(0)?.into_owned(),
            span: server.arg_span(0)?,
            plain: server.plain_span(0),
            down: has("down"),
            backup: has("backup"),
        })
    });
    let servers = servers.collect();
    Some(Upstream { name: node.arg(0)?.into_owned(), at, name_span: node.arg_span(0)?, scope, servers })
}
