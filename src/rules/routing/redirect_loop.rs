//! `routing/redirect-loop`: a server sends visitors to where they are.

use super::redirect::{Redirect, redirects};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "routing/redirect-loop",
    severity: Severity::Error,
    summary: "a server sends visitors to where they are",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/routing/redirect-loop.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for server in nginx.of_kind(ScopeKind::Server).filter(|&server| !nginx.scope(server).open) {
            let locations = nginx.inside(server).filter(|&id| nginx.scope(id).kind == ScopeKind::Location);
            for scope in std::iter::once(server).chain(locations) {
                for redirect in redirects(context, nginx, scope) {
                    let found = finding(context, nginx, server, scope, &redirect);
                    sink.report_once(found);
                }
            }
        }
    }
}

fn finding(
    context: &Context<'_>,
    nginx: &Nginx,
    server: ScopeId,
    scope: ScopeId,
    redirect: &Redirect<'_>,
) -> Option<Diagnostic> {
    let names: Vec<String> = nginx
        .here(context.files, server, "server_name")
        .flat_map(|node| node.args().map(|name| name.to_ascii_lowercase()).collect::<Vec<_>>())
        .collect();
    let own = match redirect.host.as_str() {
        "$host" | "$http_host" => true,
        "$server_name" => names.first().is_some_and(|name| !name.starts_with(['~', '*', '.']) && name != "_"),
        host => names.iter().any(|name| name == host),
    };
    let listens: Vec<NodeRef<'_>> = nginx.here(context.files, server, "listen").collect();
    let comes_back = |listen: &&NodeRef<'_>| redirect.comes_to(**listen);
    let back = listens.iter().find(comes_back).filter(|_| own && !is_left(context, nginx, server, scope))?;
    let plain = listens.iter().any(|listen| !listen.args().any(|arg| arg == "ssl" || arg == "quic"));
    let node = redirect.node;
    let url = redirect.url.as_str();
    let message = format!(
        "this sends everybody to {url}, which this server answers itself, with the same: browsers give up"
    );
    let splits = plain && redirect.scheme == Some(true);
    let help = if splits {
        "give plain HTTP a `server` of its own that redirects, or put the line in `if ($scheme = http) { … }`"
    } else {
        "redirect to another name or scheme, or take the line out"
    };
    let fix = splits.then(|| {
        let (indent, line) = (node.indent(), node.tree.slice(node.head()));
        let text = format!("if ($scheme = http) {{\n{indent}    {line};\n{indent}}}");
        Fix::risky("redirect plain HTTP only", vec![Edit::replace(node.span(), text)])
    });
    Some(
        Diagnostic::new(node.head(), message, "redirects what came from such a redirect")
            .label(back.head(), "and arrives here again")
            .note("browsers say: ERR_TOO_MANY_REDIRECTS; nginx logs the same request with 301 twenty times")
            .help(help)
            .fix(fix),
    )
}

/// Whether something ends what a server or location does before it redirects, for some requests.
fn is_left(context: &Context<'_>, nginx: &Nginx, server: ScopeId, scope: ScopeId) -> bool {
    let has = |id: ScopeId, name: &str| nginx.here(context.files, id, name).next().is_some();
    let conditions = |id: ScopeId| {
        let mut inside = nginx.inside(id).filter(move |&inner| nginx.scope(inner).parent == Some(id));
        inside.any(|inner| {
            nginx.scope(inner).kind == ScopeKind::If && (has(inner, "break") || has(inner, "rewrite"))
        })
    };
    has(scope, "break")
        || conditions(scope)
        || scope != server && (has(server, "return") || conditions(server))
}
