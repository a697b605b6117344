//! `routing/source-sent`: what is PHP is sent as it is, since no location hands it to PHP.

use super::files::serves_files;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, Route, ScopeId, ScopeKind};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "routing/source-sent",
    severity: Severity::Error,
    summary: "what is PHP is sent as it is, since no location hands it to PHP",
    fixable: Fixable::No,
    card: include_str!("../../../rules/routing/source-sent.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in context.stack.nginx.iter().filter(|nginx| nginx.whole) {
        for server in nginx.of_kind(ScopeKind::Server) {
            for scope in std::iter::once(server).chain(nginx.inside(server)) {
                let found = nginx.here(context.files, scope, "try_files").last();
                let found = found.and_then(|node| finding(context, nginx, server, node));
                sink.report_once(found);
            }
        }
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, server: ScopeId, node: NodeRef<'_>) -> Option<Diagnostic> {
    let last = node.words().len().checked_sub(1).filter(|&last| last > 0)?;
    let text = node.arg(last)?;
    let path = text.split('?').next().filter(|path| path.starts_with('/') && names_script(path))?;
    if path.contains('$') {
        return None;
    }
    let scope = match nginx.route(context.files, server, path)? {
        Route::Server => server,
        Route::Location(id) => id,
    };
    if !serves_files(context, nginx, scope, true) {
        return None;
    }
    let message =
        format!("no location hands `{path}` to PHP: every visitor gets its source, passwords and all");
    Some(
        Diagnostic::new(node.arg_span(last)?, message, "sent as a file")
            .label(nginx.head(context.files, scope)?, "answers with files only")
            .note("nginx logs nothing: the file is there, and the answer is 200")
            .help("add `location ~ \\.php$ { include snippets/fastcgi-php.conf; fastcgi_pass unix:…; }` to the server"),
    )
}

/// Whether a path ends in `.php`, in small letters as nginx compares it.
fn names_script(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension == "php")
}
