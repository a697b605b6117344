//! `routing/try-files-loop`: `try_files` ends in a path that leads to itself.

use super::files::file;
use super::place;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, Route, ScopeId, ScopeKind};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "routing/try-files-loop",
    severity: Severity::Error,
    summary: "`try_files` ends in a path that leads to itself",
    fixable: Fixable::No,
    card: include_str!("../../../rules/routing/try-files-loop.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for server in nginx.of_kind(ScopeKind::Server) {
            for scope in nginx.inside(server).filter(|&id| nginx.scope(id).kind == ScopeKind::Location) {
                let found = nginx.here(context.files, scope, "try_files").last();
                let found = found.and_then(|node| finding(context, nginx, server, scope, node));
                sink.report_once(found);
            }
        }
    }
}

fn finding(
    context: &Context<'_>,
    nginx: &Nginx,
    server: ScopeId,
    scope: ScopeId,
    node: NodeRef<'_>,
) -> Option<Diagnostic> {
    let last = node.words().len().checked_sub(1).filter(|&last| last > 0)?;
    let text = node.arg(last)?;
    let path =
        text.split('?').next().filter(|path| path.starts_with('/') && !path.contains(['$', '{', '<']))?;
    let again = nginx.route(context.files, server, path)? == Route::Location(scope);
    let rewritten = |id: ScopeId| nginx.here(context.files, id, "rewrite").next().is_some();
    let handled = nginx
        .list(context.files, scope, "error_page")
        .is_some_and(|(_, pages)| pages.iter().any(|page| page.args().any(|arg| arg == "500")));
    if !again || handled || nginx.around(scope).chain(nginx.inside(scope)).any(rewritten) {
        return None;
    }
    let tried: Vec<_> = node.args().take(last).collect();
    let missing = if tried.iter().any(|tried| tried == "$uri") {
        tried.iter().all(|tried| tried.starts_with("$uri"))
            && file(context, nginx, scope, path) == Some(false)
    } else {
        // The path itself is never tried.
        !path.ends_with('/') && tried.iter().all(|tried| tried.starts_with("$uri"))
    };
    if !missing {
        return None;
    }
    let (_, _, block) = place(context, nginx, scope)?;
    let (label, help) = if tried.iter().any(|tried| tried == "$uri") {
        ("there is no such file", format!("put the file there, or end in `=404` in place of `{text}`"))
    } else {
        ("`$uri` is not among what is tried", "put `$uri` in front of the others".to_owned())
    };
    let message = format!(
        "what is not found goes to `{path}`, which is not found and goes there again: it answers 500"
    );
    Some(
        Diagnostic::new(node.arg_span(last)?, message, label)
            .label(block.head(), "this location again")
            .note(format!(
                "nginx logs: rewrite or internal redirection cycle while internally redirecting to \"{path}\""
            ))
            .help(help),
    )
}
