//! `nginx/undefined-named-location`: a request is handed to a named location that the server does not have.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::spelling::closest;
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/undefined-named-location",
    severity: Severity::Warning,
    summary: "a request is handed to a named location that the server does not have",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/undefined-named-location.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for server in nginx.of_kind(ScopeKind::Server) {
            let scopes = || std::iter::once(server).chain(nginx.inside(server));
            if scopes().any(|scope| nginx.scope(scope).open) {
                continue;
            }
            let own = scopes().flat_map(|scope| uses(context, nginx, scope));
            let mut uses: Vec<_> = own.chain(inherited(context, nginx, server)).collect();
            if uses.is_empty() {
                continue;
            }
            let named = named(context, nginx, server);
            uses.retain(|(node, index)| node.arg(*index).is_some_and(|name| !named.contains_key(&*name)));
            for (node, index) in uses {
                sink.report_once(finding(context, nginx, server, node, index, &named));
            }
        }
    }
}

/// The named locations of a server.
fn named<'a>(context: &Context<'a>, nginx: &'a Nginx, server: ScopeId) -> HashMap<String, NodeRef<'a>> {
    let inside = nginx.inside(server).filter(|&id| nginx.scope(id).kind == ScopeKind::Location);
    let blocks = inside.filter_map(|id| Some(context.files.node(nginx.scope(id).at?)));
    let names = blocks.filter_map(|node| Some((node.arg(0)?.into_owned(), node)));
    names.filter(|(name, _)| name.starts_with('@')).collect()
}

/// The directives of a context that end in a named location, and which argument that is.
fn uses<'a>(
    context: &Context<'a>,
    nginx: &'a Nginx,
    scope: ScopeId,
) -> impl Iterator<Item = (NodeRef<'a>, usize)> {
    let nodes =
        ["error_page", "try_files"].into_iter().flat_map(move |name| nginx.here(context.files, scope, name));
    nodes.filter_map(|node| {
        let index = node.words().len().checked_sub(1).filter(|&index| index > 0)?;
        let name = node.arg(index)?;
        let rest = name.strip_prefix('@')?;
        let own = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        // `@root@` is a template's.
        (!rest.is_empty() && rest.chars().all(own)).then_some((node, index))
    })
}

/// The `error_page`s a server has from `http`: all of them, unless it has one of its own.
fn inherited<'a>(context: &Context<'a>, nginx: &'a Nginx, server: ScopeId) -> Vec<(NodeRef<'a>, usize)> {
    match nginx.list(context.files, server, "error_page") {
        Some((scope, _)) if scope != server => {
            uses(context, nginx, scope).filter(|(node, _)| node.name() == "error_page").collect()
        }
        _ => Vec::new(),
    }
}

fn finding(
    context: &Context<'_>,
    nginx: &Nginx,
    server: ScopeId,
    node: NodeRef<'_>,
    index: usize,
    named: &HashMap<String, NodeRef<'_>>,
) -> Option<Diagnostic> {
    let name = node.arg(index)?;
    let message = format!("this server has no location `{name}`: what is handed to it answers 500");
    let found = Diagnostic::new(node.arg_span(index)?, message, "no such location").note(format!(
        "nginx starts, and logs with each such request: could not find named location \"{name}\""
    ));
    let found = match nginx.head(context.files, server) {
        Some(head) => found.label(head, "of this server"),
        None => found,
    };
    let Some(right) = closest(&name, named.keys().map(String::as_str)) else {
        return Some(found.help(format!("add a `location {name} {{ … }}` to the server")));
    };
    let fix = Fix::safe(format!("hand it to `{right}`"), vec![Edit::replace(node.plain_span(index)?, right)]);
    let found = match named.get(right) {
        Some(location) => found.label(location.head(), format!("`{right}` is here")),
        None => found,
    };
    Some(found.help(format!("write `{right}`")).fix(fix))
}
