//! Groups of servers: which of them is asked, and what becomes of a request that one of them fails.

pub(super) mod all_down;
pub(super) mod method_redefined;
pub(super) mod no_second_try;
pub(super) mod only_backup;
pub(super) mod repeats_posts;
pub(super) mod resolve_without_zone;
pub(super) mod same_server_twice;
pub(super) mod sticky_without_route;
pub(super) mod tries_all_servers;
pub(super) mod unused;

use std::collections::HashMap;

use crate::diagnostic::Edit;
use crate::load::Workspace;
use crate::rule::Context;
use crate::source::Span;
use crate::stack::hop::{Gateway, Hop};
use crate::stack::nginx::{Nginx, Upstream};
use crate::tree::NodeRef;
use crate::vocabulary;

/// The first hop to each group or balancer that any hop goes to.
fn first_calls<'a>(context: &Context<'a>) -> HashMap<(Gateway, usize), &'a Hop> {
    let mut calls = HashMap::new();
    for hop in &context.stack.hops {
        if let Some(group) = hop.upstream {
            calls.entry((hop.gateway, group)).or_insert(hop);
        }
    }
    calls
}

/// Whether all servers of a group are in sight: nothing is included that is not there, and no module
/// brings servers of its own.
fn is_complete(files: &Workspace, nginx: &Nginx, group: &Upstream) -> bool {
    let strange = |node: NodeRef<'_>| vocabulary::nginx(node.name()).iter().all(|word| word.origin != "core");
    let written = nginx.here(files, group.scope, "server").count();
    !nginx.scope(group.scope).open
        && written == group.servers.len()
        && !nginx.entries(files, group.scope).any(strange)
}

/// Takes the words of a directive away for which `unwanted` holds, each with the blanks before it.
fn without_words(node: NodeRef<'_>, unwanted: impl Fn(&str) -> bool) -> Vec<Edit> {
    let indexes =
        (1..node.words().len()).filter(|&index| node.arg(index).is_some_and(|text| unwanted(&text)));
    let cut = |index: usize| {
        Some(Edit::replace(Span::new(node.arg_span(index - 1)?.hi, node.arg_span(index)?.hi), ""))
    };
    indexes.filter_map(cut).collect()
}

/// How many servers of a group take requests.
fn standing(group: &Upstream) -> usize {
    group.servers.iter().filter(|server| !server.down).count()
}
