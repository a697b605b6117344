//! Does a request get where it is meant to go, and with what it needs there?

pub(super) mod arguments_lost;
pub(super) mod auth_request_body;
pub(super) mod auth_request_no_location;
pub(super) mod error_page_ok;
mod files;
mod headers;
pub(super) mod headers_lost;
pub(super) mod host_not_sent;
pub(super) mod https_redirect_behind;
pub(super) mod preserve_host_off;
pub(super) mod proxy_pass_fixed_path;
pub(super) mod proxy_pass_slash;
mod redirect;
pub(super) mod redirect_loop;
pub(super) mod root_in_location;
pub(super) mod source_sent;
pub(super) mod try_files_loop;
pub(super) mod websocket_headers;
pub(super) mod websocket_http_version;

pub(super) use headers::Headers;

use crate::rule::Context;
use crate::stack::hop::Protocol;
use crate::stack::nginx::{LocationHead, Nginx, ScopeId, ScopeKind};
use crate::tree::NodeRef;
use crate::version::Version;

/// A question to another location, and who asks it.
#[derive(Debug, Clone, Copy)]
struct AuthRequest<'a> {
    nginx: &'a Nginx,
    server: ScopeId,
    scope: ScopeId,
    node: NodeRef<'a>,
}

/// All `auth_request`s of all servers. Those of `http` are left out: they are for servers nobody thought of.
fn auth_requests<'a>(context: &Context<'a>) -> Vec<AuthRequest<'a>> {
    let mut found = Vec::new();
    for nginx in &context.stack.nginx {
        for server in nginx.of_kind(ScopeKind::Server) {
            for scope in std::iter::once(server).chain(nginx.inside(server)) {
                let nodes = nginx.here(context.files, scope, "auth_request");
                found.extend(nodes.map(|node| AuthRequest { nginx, server, scope, node }));
            }
        }
    }
    found
}

/// Whether a text is one of a template, or of an example in a manual.
fn is_placeholder(text: &str) -> bool {
    let marked = |mark: char| text.matches(mark).count() >= 2;
    text.contains(['{', '}', '<', '>', '$']) || marked('@') || marked('%') || text.contains("__")
}

/// Whether nginx speaks HTTP/1.1 to what is behind it unless told otherwise.
pub(super) fn speaks_http_11(context: &Context<'_>) -> bool {
    context.stack.targets.nginx.is_some_and(|version| version >= Version::new(1, 29, 7))
}

/// The location a hop stands in, be it in an `if` of it.
fn place<'a>(
    context: &Context<'a>,
    nginx: &Nginx,
    scope: ScopeId,
) -> Option<(ScopeId, LocationHead, NodeRef<'a>)> {
    let id = nginx.enclosing(scope, ScopeKind::Location)?;
    let block = context.files.node(nginx.scope(id).at?);
    Some((id, LocationHead::of(block)?, block))
}

/// What stands behind the address in a URL of `proxy_pass`; empty where nothing does, `None` where it is no URL.
fn uri_of(text: &str) -> Option<&str> {
    let target = crate::stack::nginx::target(text, Protocol::Http);
    let rest = text.get(target.offset + target.address.len()..).filter(|_| target.url)?;
    Some(if target.address.starts_with("unix:") { rest.trim_start_matches(':') } else { rest })
}
