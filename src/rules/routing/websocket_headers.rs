//! `routing/websocket-headers`: of the two headers that ask for a WebSocket one is not sent, or neither.

use super::headers::{Headers, asks_upgrade};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::{Nginx, ScopeKind};
use crate::tree::NodeRef;
use crate::value::LocationKind;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "routing/websocket-headers",
    severity: Severity::Warning,
    summary: "of the two headers that ask for a WebSocket one is not sent, or neither",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/routing/websocket-headers.md"),
    check,
};

const UPGRADE: &str = "proxy_set_header Upgrade $http_upgrade;";
const VERSION: &str = "proxy_http_version 1.1;";
const CONNECTION: &str = "proxy_set_header Connection \"upgrade\";";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        if matches!(hop.protocol, Protocol::Http | Protocol::Https) {
            sink.report_once(finding(context, nginx, hop));
        }
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<Diagnostic> {
    let headers = Headers::read(context, nginx, hop.scope)?;
    let connection = headers.connection();
    if headers.upgrade().is_none() && connection.is_none() {
        return neither(context, nginx, hop, &headers);
    }
    let (at, message, label, line) = match (headers.upgrade(), connection) {
        (Some(_), Some(connection)) if asks_upgrade(connection) => return None,
        (Some(upgrade), other) => {
            let sent = match other.and_then(|node| node.arg(1)) {
                None => "`Connection: close` (default)".to_owned(),
                Some(text) if text.is_empty() => "no Connection".to_owned(),
                Some(text) => format!("`Connection: {text}`"),
            };
            let message = format!("with Upgrade nginx sends {sent}, which asks for none: no WebSocket opens");
            (upgrade, message, "asks for an upgrade", CONNECTION)
        }
        (None, Some(connection)) if connection.arg(1)?.eq_ignore_ascii_case("upgrade") => {
            let message =
                "nginx sends `Connection: upgrade` and not what to upgrade to: no WebSocket opens".to_owned();
            (connection, message, "asks for an upgrade", UPGRADE)
        }
        _ => return None,
    };
    let edit = match connection.filter(|_| line == CONNECTION) {
        Some(node) => edits::replace_arg(node, 1, "\"upgrade\"")?,
        None => edits::insert_line_after(at, line),
    };
    Some(
        Diagnostic::new(at.head(), message, label)
            .label(hop.span, "to this backend")
            .note(
                "the backend takes the handshake for a plain request, and nginx logs nothing but its status",
            )
            .help(format!("write `{line}`"))
            .fix(fix(context, nginx, hop, connection, edit)),
    )
}

/// Parts of paths that are made for nothing else: `ws` can be a web service.
const SOCKETS: [&str; 5] = ["websocket", "websockets", "wss", "socket.io", "sockjs"];

/// A location whose name says what it is for.
fn neither(context: &Context<'_>, nginx: &Nginx, hop: &Hop, headers: &Headers<'_>) -> Option<Diagnostic> {
    let (id, head, block) = super::place(context, nginx, hop.scope)?;
    let named = head.text.trim_start_matches('^').split('/').any(|part| SOCKETS.contains(&part));
    // `proxy_set_header Upgrade ""` says that none is to open.
    if !named || head.kind == LocationKind::Named || id != hop.scope || headers.find("Upgrade").is_some() {
        return None;
    }
    let pass = context.files.node(hop.at);
    let old = nginx.find(context.files, hop.scope, "proxy_http_version").is_none()
        && !super::speaks_http_11(context);
    let lines = format!("{UPGRADE}\n{}{CONNECTION}", pass.indent());
    let mut edits = headers.add(context, nginx, hop.scope, pass, &lines);
    if old {
        edits.push(edits::insert_line_before(pass, VERSION));
    }
    let message = "nginx hands on neither Upgrade nor Connection by itself: no WebSocket opens here";
    Some(
        Diagnostic::new(hop.span, message, "asks for no upgrade")
            .label(block.head(), "named for WebSockets")
            .note(
                "the backend takes the handshake for a plain request, and nginx logs nothing but its status",
            )
            .help(format!("write `{VERSION}`, `{UPGRADE}` and `{CONNECTION}`"))
            .fix(Fix::risky("hand the handshake on", edits)),
    )
}

/// What is set for a whole server is meant for other requests, too.
fn fix(context: &Context<'_>, nginx: &Nginx, hop: &Hop, connection: Option<NodeRef<'_>>, edit: Edit) -> Fix {
    let here = nginx.list(context.files, hop.scope, "proxy_set_header");
    let narrow = here.is_some_and(|(scope, _)| nginx.scope(scope).kind == ScopeKind::Location);
    if narrow && connection.is_none_or(asks_upgrade) {
        Fix::safe("send both headers", vec![edit])
    } else {
        Fix::risky("send both headers", vec![edit])
    }
}
