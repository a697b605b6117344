//! `routing/proxy-pass-fixed-path`: with a variable in `proxy_pass`, the path in it is all the backend gets.

use super::{place, uri_of};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::tree::NodeRef;
use crate::value::LocationKind;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "routing/proxy-pass-fixed-path",
    severity: Severity::Warning,
    summary: "with a variable in `proxy_pass`, the path in it is all the backend gets",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/routing/proxy-pass-fixed-path.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        sink.report_once(finding(context, nginx, hop));
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<Diagnostic> {
    let pass = context.files.node(hop.at);
    if !matches!(hop.protocol, Protocol::Http | Protocol::Https) || pass.name() != "proxy_pass" {
        return None;
    }
    let (id, head, block) = place(context, nginx, hop.scope)?;
    let target = pass.arg(0).filter(|text| text.contains('$'))?;
    let set = set(context, nginx, hop.scope, &target);
    let (source, index) = set.map_or((pass, 0), |set| (set, 1));
    let text = source.arg(index)?;
    let path = uri_of(&text).filter(|path| path.ends_with('/') && !path.contains(['$', '?']))?;
    if head.kind == LocationKind::Exact {
        return None;
    }
    let written = source.plain_span(index)?;
    let cut = Edit::replace(crate::source::Span::new(written.hi - path.len() as u32, written.hi), "");
    let bare = &text[..text.len() - path.len()];
    let rewritten = nginx.here(context.files, id, "rewrite").next().is_some() || nginx.scope(id).open;
    let kept = path == "/" && (rewritten || head.kind != LocationKind::Prefix || head.text == "/");
    let (help, edits) = if kept {
        (format!("write `{bare}`, which hands on the path of the request"), Some(vec![cut]))
    } else if !rewritten && head.kind == LocationKind::Prefix && is_plain(&head.text) {
        let line = rewrite(&head.text, path);
        let edits = vec![edits::insert_line_before(pass, &line), cut];
        (format!("write `{bare}`, and `{line}` above `proxy_pass`"), Some(edits))
    } else {
        (format!("write `{bare}$uri$is_args$args`, or the path that is meant"), None)
    };
    // What a variable holds may be for other places, too.
    let own = source == pass || nginx.scope(hop.scope).kind == ScopeKind::Location;
    let message = format!(
        "where `proxy_pass` has a variable nothing is put behind its path: every request gets to the backend as `{path}`"
    );
    let mut found =
        Diagnostic::new(hop.span, message, format!("asks for `{path}`, whatever is asked for here"));
    if source != pass {
        found = found.label(source.head(), "the path comes from here");
    }
    Some(
        found
            .label(block.head(), "paths of these requests are lost")
            .note("nginx logs the request as it came; the backend logs each as one for that path")
            .help(help)
            .fix(edits.filter(|_| own).map(|edits| Fix::risky("hand on the path of the request", edits))),
    )
}

/// The `set` that gives `$name` its value, where `proxy_pass` names nothing else and there is only one.
fn set<'a>(context: &Context<'a>, nginx: &'a Nginx, scope: ScopeId, target: &str) -> Option<NodeRef<'a>> {
    let name = target.strip_prefix('$')?;
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    let server = nginx.enclosing(scope, ScopeKind::Server)?;
    let scopes = std::iter::once(server).chain(nginx.inside(server));
    let sets = scopes.flat_map(|id| nginx.here(context.files, id, "set"));
    let mut sets = sets.filter(|node| node.arg(0).is_some_and(|arg| arg == target));
    sets.next().filter(|_| sets.next().is_none())
}

/// Whether a path is its own regular expression.
fn is_plain(path: &str) -> bool {
    path.starts_with('/') && path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_'))
}

/// What nginx does by itself where there is no variable.
fn rewrite(location: &str, path: &str) -> String {
    match location.strip_suffix('/') {
        Some(_) => format!("rewrite ^{location}(.*)$ {path}$1 break;"),
        None => format!("rewrite ^{location}/?(.*)$ {path}$1 break;"),
    }
}
