//! `routing/headers-lost`: a location sends a header of its own and so loses all those set around it.

use super::headers::Headers;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::script::entry;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::Nginx;
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "routing/headers-lost",
    severity: Severity::Warning,
    summary: "a location sends a header of its own and so loses all those set around it",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/routing/headers-lost.md"),
    check,
};

/// Headers that decide what the backend answers.
const DECISIVE: [&str; 5] =
    ["Host", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Ssl", "Authorization"];

/// Headers that are about one connection: a location has its own with good reason.
const OF_CONNECTION: [&str; 4] = ["Connection", "Upgrade", "Accept-Encoding", "Content-Length"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        if let Some((severity, found)) = finding(context, nginx, hop) {
            sink.report_once_as(severity, found);
        }
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<(Severity, Diagnostic)> {
    if !matches!(hop.protocol, Protocol::Http | Protocol::Https) {
        return None;
    }
    let own = Headers::read(context, nginx, hop.scope)?;
    let scope = own.scope?;
    let around = Headers::read(context, nginx, nginx.scope(scope).parent?)?;
    let lost: Vec<NodeRef<'_>> = around.nodes.iter().copied().filter(|node| is_lost(*node, &own)).collect();
    let of_connection = |node: &NodeRef<'_>| {
        OF_CONNECTION.iter().any(|name| node.arg(0).is_some_and(|arg| arg.eq_ignore_ascii_case(name)))
    };
    if lost.iter().all(of_connection) || is_elsewhere(hop, &own) {
        return None;
    }
    let decisive = lost.iter().any(|node| {
        DECISIVE.iter().any(|name| node.arg(0).is_some_and(|arg| arg.eq_ignore_ascii_case(name)))
    });
    let names: Vec<String> = lost.iter().filter_map(|node| Some(node.arg(0)?.into_owned())).collect();
    let outer = nginx.scope(around.scope?).at.map_or("file", |at| context.files.node(at).name());
    let host = names.iter().any(|name| name.eq_ignore_ascii_case("Host"));
    let comes = if host { "the backend is asked for another host" } else { "the backend never learns of it" };
    let message = format!(
        "a `proxy_set_header` here takes away all those of the `{outer}` around it, {} too: {comes}",
        names.join(", ")
    );
    let first = entry(context, nginx, scope, *own.nodes.first()?)?;
    let lines: Vec<String> = lost.iter().map(|node| format!("{};", node.tree.slice(node.head()))).collect();
    let edits: Vec<Edit> = lines.iter().map(|line| edits::insert_line_before(first, line)).collect();
    let found = Diagnostic::new(first.head(), message, "replaces the whole list")
        .label(lost.first()?.head(), "not sent from here")
        .label(hop.span, "to this backend")
        .note("nginx logs nothing; the backend answers 400, 404, a redirect, or the page of another site")
        .help(format!(
            "repeat {} here",
            lines.iter().map(|line| format!("`{line}`")).collect::<Vec<_>>().join(" ")
        ))
        .fix(Fix::risky("send those headers from here too", edits));
    Some((if decisive { Severity::Warning } else { Severity::Hint }, found))
}

/// Whether a header that is set around is not sent: those without a value were not sent there either.
fn is_lost(node: NodeRef<'_>, own: &Headers<'_>) -> bool {
    let name = node.arg(0).unwrap_or_default();
    node.arg(1).is_some_and(|value| !value.is_empty()) && own.find(&name).is_none()
}

/// Whether the requests go to a host of their own, a bucket or an API: it is nobody's business there what was
/// asked for here.
fn is_elsewhere(hop: &Hop, own: &Headers<'_>) -> bool {
    let named = own
        .find("Host")
        .and_then(|node| node.arg(1))
        .is_some_and(|value| !value.contains('$') || value.contains("proxy_host"));
    let remote = hop.upstream.is_none()
        && hop.protocol == Protocol::Https
        && hop.legs.iter().all(|leg| match &leg.endpoint {
            Endpoint::Tcp { host, .. } => {
                host.contains(|c: char| c.is_ascii_alphabetic()) && host.contains('.')
            }
            _ => false,
        });
    named || remote
}
