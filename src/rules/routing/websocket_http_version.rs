//! `routing/websocket-http-version`: a WebSocket is asked for over HTTP/1.0, which has none.

use super::headers::Headers;
use super::speaks_http_11;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::script::entry;
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::Nginx;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "routing/websocket-http-version",
    severity: Severity::Warning,
    summary: "WebSockets are asked for over HTTP/1.0, which does not have them",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/routing/websocket-http-version.md"),
    check,
};

const LINE: &str = "proxy_http_version 1.1;";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        if matches!(hop.protocol, Protocol::Http | Protocol::Https) {
            sink.report_once(finding(context, nginx, hop));
        }
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<Diagnostic> {
    let headers = Headers::read(context, nginx, hop.scope)?;
    let upgrade = headers.upgrade()?;
    headers.connection().filter(|node| super::headers::asks_upgrade(*node))?;
    let set = nginx.find(context.files, hop.scope, "proxy_http_version").map(|found| found.node);
    let (version, edit) = match set {
        None if speaks_http_11(context) || !nginx.is_certain(hop.scope) => return None,
        None => {
            let place = entry(context, nginx, headers.scope?, upgrade);
            let edit = match place {
                Some(place) => edits::insert_line_after(place, LINE),
                None => edits::insert_line_before(context.files.node(hop.at), LINE),
            };
            ("HTTP/1.0 (default)", Fix::safe("speak HTTP/1.1", vec![edit]))
        }
        Some(node) if node.arg(0).is_some_and(|arg| arg == "1.0") => {
            ("HTTP/1.0", Fix::risky("speak HTTP/1.1", vec![edits::set_value(node, "1.1")]))
        }
        Some(_) => return None,
    };
    let message = format!("nginx speaks {version} here, which has no Upgrade: no WebSocket opens");
    let mut found = Diagnostic::new(upgrade.head(), message, "sent with HTTP/1.0")
        .label(hop.span, "to this backend")
        .note("the backend answers the handshake with 426 or 400, and nginx logs nothing but that status")
        .help(format!("write `{LINE}`"))
        .fix(edit);
    if let Some(node) = set {
        found = found.label(node.head(), "set here");
    }
    Some(found)
}
