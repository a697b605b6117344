//! `routing/arguments-lost`: `try_files` hands a request to PHP without its arguments.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, Route, ScopeId, ScopeKind};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "routing/arguments-lost",
    severity: Severity::Warning,
    summary: "`try_files` hands a request to PHP without its arguments",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/routing/arguments-lost.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for server in nginx.of_kind(ScopeKind::Server) {
            for scope in std::iter::once(server).chain(nginx.inside(server)) {
                let found = nginx.here(context.files, scope, "try_files").last();
                let found = found.and_then(|node| finding(context, nginx, server, node));
                sink.report_once(found);
            }
        }
    }
}

/// Pages that need to know nothing of the request.
const PLAIN_PAGES: [&str; 5] = ["404", "error", "50x", "maintenance", "offline"];

fn finding(context: &Context<'_>, nginx: &Nginx, server: ScopeId, node: NodeRef<'_>) -> Option<Diagnostic> {
    let last = node.words().len().checked_sub(1).filter(|&last| last > 0)?;
    let path = node.arg(last)?;
    let whole = path.starts_with('/') && path.ends_with(".php") && !path.contains(['$', '?', '<', '{']);
    if !whole || PLAIN_PAGES.iter().any(|page| path.contains(page)) {
        return None;
    }
    let Some(Route::Location(id)) = nginx.route(context.files, server, &path) else { return None };
    let pass = nginx.here(context.files, id, "fastcgi_pass").last()?;
    let right = format!("{path}?$args");
    let message = format!("`{path}` gets no arguments: of `/search?q=shoes` PHP sees no `q`, $_GET is empty");
    let edit = Edit::insert(node.plain_span(last)?.hi, "?$args");
    Some(
        Diagnostic::new(node.arg_span(last)?, message, "what stood behind the `?` is dropped")
            .label(pass.head(), "handed to PHP here")
            .note("nginx logs nothing: the page that comes is the one without arguments")
            .help(format!("write `{right}`"))
            .fix(Fix::risky("hand the arguments on", vec![edit])),
    )
}
