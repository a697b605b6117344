//! `routing/proxy-pass-slash`: a path loses the `/` between its parts, or gets two.

use super::{place, uri_of};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::{Hop, Owner};
use crate::stack::nginx::{Nginx, ScopeId};
use crate::tree::NodeRef;
use crate::value::LocationKind;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "routing/proxy-pass-slash",
    severity: Severity::Warning,
    summary: "a path loses the `/` between its parts, or gets two",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/routing/proxy-pass-slash.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        sink.report_once(finding(context, nginx, hop));
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<Diagnostic> {
    let pass = context.files.node(hop.at);
    let text = pass.arg(0).filter(|text| !text.contains('$'))?;
    let uri = uri_of(&text).filter(|uri| !uri.is_empty() && !uri.contains('?'))?;
    let (id, head, block) = place(context, nginx, hop.scope)?;
    let path = head.text;
    if head.kind != LocationKind::Prefix || id != hop.scope || rewrites(context, nginx, id) {
        return None;
    }
    let written = pass.plain_span(0)?;
    let (from, at, becomes, longer) = match (path.strip_suffix('/'), uri.strip_suffix('/')) {
        (None, Some(_)) if ends_in_word(&path) && !has(context, nginx, id, &format!("{path}/")) => {
            if merges_slashes(context, hop) {
                return None;
            }
            let (last, location) = (block.words().len().checked_sub(1)?, format!("{path}/"));
            (format!("{path}/x"), block.plain_span(last)?, format!("{uri}/x"), location)
        }
        (Some(_), None) if ends_in_word(uri) && !uri.rsplit('/').next()?.contains('.') => {
            (format!("{path}x"), written, format!("{uri}x"), format!("{text}/"))
        }
        _ => return None,
    };
    let message = format!(
        "the `/` at the end of the two paths does not match: `{from}` gets to the backend as `{becomes}`"
    );
    let help = if at == written {
        format!("write `proxy_pass {longer};`")
    } else {
        format!("write `location {longer}`")
    };
    let fix = Fix::risky("end both in `/`", vec![Edit::insert(at.hi, "/")]);
    let found = Diagnostic::new(hop.span, message, format!("`{path}` is replaced by `{uri}`"));
    Some(
        found
            .label(block.head(), "the part that is replaced")
            .note("nginx logs nothing but the status the backend answers, which is 404 most of the time")
            .help(help)
            .fix(fix),
    )
}

/// Whether a path ends in a letter or digit: `/go-` or `/search?q=` are prefixes on purpose.
fn ends_in_word(path: &str) -> bool {
    path.ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// Whether the location changes the path itself, which takes the place of what `proxy_pass` says.
fn rewrites(context: &Context<'_>, nginx: &Nginx, id: ScopeId) -> bool {
    let mut scopes = std::iter::once(id).chain(nginx.inside(id));
    nginx.scope(id).open || scopes.any(|id| nginx.here(context.files, id, "rewrite").next().is_some())
}

/// Whether a location beside `id` or in it is for `path`.
fn has(context: &Context<'_>, nginx: &Nginx, id: ScopeId, path: &str) -> bool {
    let Some(parent) = nginx.scope(id).parent else { return false };
    let mut others = nginx.locations(parent).chain(nginx.locations(id));
    let block = |id: ScopeId| -> Option<NodeRef<'_>> { Some(context.files.node(nginx.scope(id).at?)) };
    others.any(|other| block(other).is_some_and(|node| node.args().any(|arg| arg == path)))
}

/// nginx and Apache take two slashes for one.
fn merges_slashes(context: &Context<'_>, hop: &Hop) -> bool {
    let mut listeners = hop.legs.iter().flat_map(|leg| context.stack.listeners_at(leg));
    listeners.any(|listener| matches!(listener.owner, Owner::Nginx(..) | Owner::Apache(_)))
}
