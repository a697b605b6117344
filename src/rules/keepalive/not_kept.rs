//! `keepalive/not-kept`: an upstream is to keep connections, and each request says that it is the last.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::routing::{Headers, speaks_http_11};
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::{Nginx, ScopeKind};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "keepalive/not-kept",
    severity: Severity::Warning,
    summary: "an upstream is to keep connections, and each request says that it is the last",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/keepalive/not-kept.md"),
    check,
};

const VERSION: &str = "proxy_http_version 1.1;";
const CONNECTION: &str = "proxy_set_header Connection \"\";";
const KEEP: &str = "fastcgi_keep_conn on;";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for (nginx, hop) in context.stack.nginx_hops() {
        let Some(keepalive) = keepalive(context, nginx, hop) else { continue };
        if !nginx.is_certain(hop.scope) || !seen.insert(hop.at) {
            continue;
        }
        match hop.protocol {
            Protocol::Http | Protocol::Https => sink.report_some(over_http(context, nginx, hop, keepalive)),
            Protocol::Fastcgi => sink.report_some(over_fastcgi(context, nginx, hop, keepalive)),
            _ => {}
        }
    }
}

/// The `keepalive` of the group a hop goes to.
fn keepalive<'a>(context: &Context<'a>, nginx: &'a Nginx, hop: &Hop) -> Option<NodeRef<'a>> {
    let group = &nginx.upstreams[hop.upstream?];
    let node = nginx.here(context.files, group.scope, "keepalive").last()?;
    let count: u64 = node.arg(0)?.parse().ok()?;
    (count > 0).then_some(node)
}

fn over_http(context: &Context<'_>, nginx: &Nginx, hop: &Hop, keepalive: NodeRef<'_>) -> Option<Diagnostic> {
    if speaks_http_11(context) {
        return None;
    }
    let version = nginx.find(context.files, hop.scope, "proxy_http_version").map(|found| found.node);
    let old = version.is_none_or(|node| node.arg(0).is_some_and(|arg| arg == "1.0"));
    let headers = Headers::read(context, nginx, hop.scope)?;
    let connection = headers.connection();
    let value = connection.map(|node| node.arg(1).unwrap_or_default());
    let closes = value.as_ref().is_none_or(|value| value.eq_ignore_ascii_case("close"));
    // A backend that is asked to keep the connection does so in HTTP/1.0, too.
    if value.is_some_and(|value| value.eq_ignore_ascii_case("keep-alive")) || !old && !closes {
        return None;
    }
    let default = if connection.is_none() { " (default)" } else { "" };
    let said = match (old, closes) {
        (true, true) => format!("over HTTP/1.0 and with `Connection: close`{default}"),
        (true, false) => "over HTTP/1.0".to_owned(),
        _ => format!("with `Connection: close`{default}"),
    };
    let lines: Vec<&str> = [(old, VERSION), (closes, CONNECTION)]
        .into_iter()
        .filter_map(|(missing, line)| missing.then_some(line))
        .collect();
    let fix = edits(context, nginx, hop, &headers, version, old, closes);
    Some(finding(hop, keepalive, &said, &lines, fix))
}

/// The edits, in the location itself: what is set further out is for others, too.
fn edits<'a>(
    context: &Context<'a>,
    nginx: &'a Nginx,
    hop: &Hop,
    headers: &Headers<'a>,
    version: Option<NodeRef<'a>>,
    old: bool,
    closes: bool,
) -> Option<Vec<Edit>> {
    if nginx.scope(hop.scope).kind != ScopeKind::Location {
        return None;
    }
    let pass = context.files.node(hop.at);
    let mut edits = Vec::new();
    if old {
        let here =
            version.filter(|node| nginx.here(context.files, hop.scope, node.name()).last() == Some(*node));
        edits.push(match here {
            Some(node) => edits::set_value(node, "1.1"),
            None => edits::insert_line_after(pass, VERSION),
        });
    }
    if closes {
        match headers.connection().filter(|_| headers.scope == Some(hop.scope)) {
            Some(node) => edits.push(edits::replace_arg(node, 1, "\"\"")?),
            None => edits.extend(headers.add(context, nginx, hop.scope, pass, CONNECTION)),
        }
    }
    Some(edits)
}

fn over_fastcgi(
    context: &Context<'_>,
    nginx: &Nginx,
    hop: &Hop,
    keepalive: NodeRef<'_>,
) -> Option<Diagnostic> {
    // `off` has been written by somebody who knows the directive, or by the repair of `keepalive/pool-recycles`.
    if nginx.find(context.files, hop.scope, "fastcgi_keep_conn").is_some() {
        return None;
    }
    let edit = edits::insert_line_after(context.files.node(hop.at), KEEP);
    let is_location = nginx.scope(hop.scope).kind == ScopeKind::Location;
    let said = "without `fastcgi_keep_conn on`";
    Some(finding(hop, keepalive, said, &[KEEP], is_location.then(|| vec![edit])))
}

fn finding(
    hop: &Hop,
    keepalive: NodeRef<'_>,
    said: &str,
    lines: &[&str],
    edits: Option<Vec<Edit>>,
) -> Diagnostic {
    let written = keepalive.tree.slice(keepalive.head());
    let message =
        format!("`{written}` keeps no connection: nginx asks {said}, and each request opens a new one");
    let lines: Vec<String> = lines.iter().map(|line| format!("`{line}`")).collect();
    Diagnostic::new(hop.span, message, "no connection is used again")
        .label(keepalive.head(), "meant to keep them open")
        .note("under load nginx runs out of ports and logs: connect() failed (99: Cannot assign requested address)")
        .help(format!("write {}", lines.join(" and ")))
        .fix(edits.map(|edits| Fix::risky("keep connections open", edits)))
}
