//! `nginx/empty-upstream`: a group of servers without a server.

use super::words::{is_damaged, logged};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, ScopeId};
use crate::tree::NodeRef;
use crate::vocabulary::{self, Contexts};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/empty-upstream",
    severity: Severity::Error,
    summary: "an `upstream` without a server, with which nginx does not start",
    fixable: Fixable::No,
    card: include_str!("../../../rules/nginx/empty-upstream.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let group = Contexts::parse("upstream,stream-upstream");
    for nginx in &context.stack.nginx {
        for id in nginx.scope_ids().filter(|&id| nginx.scope(id).contexts.meets(group)) {
            let Some(at) = nginx.scope(id).at else { continue };
            let node = context.files.node(at);
            if is_empty(context, nginx, id) && !is_damaged(node) && !node.tree.is_uneven() {
                sink.report_once(finding(context, node));
            }
        }
    }
}

/// Whether nothing in a group can be, or bring, a server.
fn is_empty(context: &Context<'_>, nginx: &Nginx, id: ScopeId) -> bool {
    let may_bring = |node: NodeRef<'_>| {
        let words = vocabulary::nginx(node.name());
        matches!(node.name(), "server" | "include") || words.iter().all(|word| word.origin != "core")
    };
    !nginx.scope(id).open && !nginx.entries(context.files, id).any(may_bring)
}

fn finding(context: &Context<'_>, node: NodeRef<'_>) -> Diagnostic {
    let group = node.arg(0).unwrap_or_default();
    let message = format!("the upstream `{group}` has no server in it: nginx does not start");
    // nginx notices at the end of the block.
    let end = node.body().and_then(|body| body.close).unwrap_or(node.head());
    let says = "[emerg] no servers are inside upstream";
    Diagnostic::new(node.head(), message, "without a `server`")
        .note(logged(context, end, says))
        .help("write a `server` with its address into it, or take the block out")
}
