//! `routing/source-sent`: what is PHP is sent as it is, since no location hands it to PHP.

use super::files::serves_files;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::script::is_php;
use crate::source::Span;
use crate::stack::hop::Hop;
use crate::stack::nginx::{LocationHead, Nginx, Route, ScopeId, ScopeKind};
use crate::tree::NodeRef;
use crate::value::LocationKind;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "routing/source-sent",
    severity: Severity::Error,
    summary: "what is PHP is sent as it is, since no location hands it to PHP",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/routing/source-sent.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in context.stack.nginx.iter().filter(|nginx| nginx.whole) {
        for server in nginx.of_kind(ScopeKind::Server) {
            let mut handed = Vec::new();
            for scope in std::iter::once(server).chain(nginx.inside(server)) {
                let tries = nginx.here(context.files, scope, "try_files").last();
                handed.extend(tries.and_then(last_resort));
            }
            if handed.is_empty() {
                handed.extend(first_page(context, nginx, server));
            }
            for (path, span) in handed {
                sink.report_once(finding(context, nginx, server, &path, span));
            }
        }
    }
}

/// The script that gets what `try_files` does not find.
fn last_resort(node: NodeRef<'_>) -> Option<(String, Span)> {
    let last = node.words().len().checked_sub(1).filter(|&last| last > 0)?;
    let text = node.arg(last)?;
    let path = text.split('?').next().filter(|path| path.starts_with('/') && names_script(path))?;
    Some((path.to_owned(), node.arg_span(last)?)).filter(|(path, _)| !path.contains('$'))
}

/// The script that answers `/`, where the server has PHP: on others an `index.php` is in many lists and never there.
fn first_page(context: &Context<'_>, nginx: &Nginx, server: ScopeId) -> Option<(String, Span)> {
    let scope = match nginx.route(context.files, server, "/")? {
        Route::Server => server,
        Route::Location(id) => id,
    };
    let (_, lists) = nginx.list(context.files, scope, "index")?;
    let name = lists.first()?.arg(0).filter(|name| names_script(name) && !name.contains(['$', '/']))?;
    callers(context, nginx, server).first()?;
    Some((format!("/{name}"), lists.first()?.arg_span(0)?))
}

fn finding(
    context: &Context<'_>,
    nginx: &Nginx,
    server: ScopeId,
    path: &str,
    span: Span,
) -> Option<Diagnostic> {
    let scope = match nginx.route(context.files, server, path)? {
        Route::Server => server,
        Route::Location(id) => id,
    };
    if !serves_files(context, nginx, scope, true) {
        return None;
    }
    let message =
        format!("no location hands `{path}` to PHP: every visitor gets its source, passwords and all");
    let found = Diagnostic::new(span, message, "sent as a file")
        .label(nginx.head(context.files, scope)?, "answers with files only")
        .note("nginx logs nothing: the file is there, and the answer is 200");
    Some(match repair(context, nginx, server) {
        Some((head, fix)) => found
            .label(head, "no address that ends in .php gets here")
            .help("write `location ~ \\.php$ {`")
            .fix(fix),
        None => found.help(
            "add `location ~ \\.php$ { include snippets/fastcgi-php.conf; fastcgi_pass unix:…; }` to the server",
        ),
    })
}

/// The locations of a server that call PHP.
fn callers<'a>(context: &Context<'a>, nginx: &Nginx, server: ScopeId) -> Vec<NodeRef<'a>> {
    // Comparisons of numbers first: a thousand servers ask this of the hops of all.
    let own = |hop: &Hop| nginx.holds(server, hop.scope);
    let hops = context
        .stack
        .nginx_hops()
        .filter(|(other, hop)| own(hop) && std::ptr::eq(*other, nginx) && is_php(context, hop));
    hops.filter_map(|(_, hop)| Some(context.files.node(nginx.scope(hop.scope).at?))).collect()
}

/// The one location for PHP, made to match: it names an extension that nothing has, or is no expression. One with
/// a directory in its expression is for that directory.
fn repair(context: &Context<'_>, nginx: &Nginx, server: ScopeId) -> Option<(Span, Fix)> {
    let callers = callers(context, nginx, server);
    let &[block] = callers.as_slice() else { return None };
    let head = LocationHead::of(block)?;
    let text = head.text.trim_start_matches(['/', '^', '*']);
    let of_files = matches!(head.kind, LocationKind::Regex | LocationKind::Prefix | LocationKind::Exact);
    if !of_files || text.contains('/') || !text.to_ascii_lowercase().contains("php") {
        return None;
    }
    let (first, last) = (block.arg_span(0)?, block.arg_span(block.words().len().checked_sub(1)?)?);
    let edit = Edit::replace(Span::new(first.lo, last.hi), "~ \\.php$");
    Some((block.head(), Fix::risky("hand all scripts to PHP", vec![edit])))
}

/// Whether a path ends in `.php`, in small letters as nginx compares it.
fn names_script(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension == "php")
}
