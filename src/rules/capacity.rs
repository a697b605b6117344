//! Whether there is room for all that comes at once.

pub(super) mod connections_too_few;
pub(super) mod files_below_connections;
pub(super) mod max_conns_too_low;
pub(super) mod workers_wait_for_pool;

use crate::rule::Context;
use crate::stack::hop::Gateway;
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::tree::NodeRef;
use crate::value::nginx_number;

/// `worker_connections`, and its number.
fn connections<'a>(context: &Context<'a>, nginx: &'a Nginx) -> Option<(NodeRef<'a>, u64)> {
    let node = nginx
        .of_kind(ScopeKind::Other)
        .find_map(|scope| nginx.here(context.files, scope, "worker_connections").last())?;
    Some((node, nginx_number(&node.arg(0)?).ok()?))
}

/// `worker_rlimit_nofile`, and its number.
fn open_files<'a>(context: &Context<'a>, nginx: &'a Nginx) -> Option<(NodeRef<'a>, u64)> {
    let node = nginx.here(context.files, ScopeId(0), "worker_rlimit_nofile").last()?;
    Some((node, nginx_number(&node.arg(0)?).ok()?))
}

/// Whether it hands requests on, each of which then takes two connections.
fn is_gateway(context: &Context<'_>, index: usize) -> bool {
    context.stack.hops.iter().any(|hop| hop.gateway == Gateway::Nginx(index))
}
