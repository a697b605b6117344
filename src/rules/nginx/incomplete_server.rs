//! `nginx/incomplete-server`: a server of `stream` or `mail` without what nginx wants of each of them.

use std::collections::HashSet;

use super::words::{is_damaged, logged};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, ScopeId};
use crate::tree::NodeRef;
use crate::vocabulary::{self, Contexts};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/incomplete-server",
    severity: Severity::Error,
    summary: "a server of `stream` or `mail` without a listener, a target or a protocol, with which nginx does not start",
    fixable: Fixable::No,
    card: include_str!("../../../rules/nginx/incomplete-server.md"),
    check,
};

/// The ports that tell nginx the protocol of a mail server. Source: `ngx_mail_smtp_module.c` and its siblings.
const MAIL_PORTS: [&str; 7] = ["25", "110", "143", "465", "587", "993", "995"];

/// What is wanted of a server.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    Listen,
    Handler,
    AuthHttp,
    Protocol,
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    let server = Contexts::parse("stream-server,mail-server");
    for nginx in &context.stack.nginx {
        for id in nginx.scope_ids().filter(|&id| nginx.scope(id).contexts.meets(server)) {
            let Some(at) = nginx.scope(id).at else { continue };
            let node = context.files.node(at);
            if !nginx.is_certain(id) || is_damaged(node) || node.tree.is_uneven() {
                continue;
            }
            let lacks = if nginx.scope(id).contexts == Contexts::parse("stream-server") {
                stream(context, nginx, id)
            } else if nginx.scope(id).contexts == Contexts::parse("mail-server") {
                mail(context, nginx, id)
            } else {
                None
            };
            if let Some(wanted) = lacks.filter(|_| seen.insert(at)) {
                sink.report(finding(context, node, wanted));
            }
        }
    }
}

fn stream(context: &Context<'_>, nginx: &Nginx, id: ScopeId) -> Option<Wanted> {
    if !has(context, nginx, id, "listen") {
        return Some(Wanted::Listen);
    }
    // Other modules bring handlers of their own.
    let may_handle = |node: NodeRef<'_>| {
        let words = vocabulary::nginx(node.name());
        matches!(node.name(), "proxy_pass" | "pass" | "return")
            || words.iter().all(|word| !matches!(word.origin, "core" | "njs"))
    };
    let handled = nginx.entries(context.files, id).any(may_handle);
    (!handled).then_some(Wanted::Handler)
}

fn mail(context: &Context<'_>, nginx: &Nginx, id: ScopeId) -> Option<Wanted> {
    let tells = |listen: NodeRef<'_>| {
        let address = listen.arg(0).unwrap_or_default();
        MAIL_PORTS.contains(&address.rsplit(':').next().unwrap_or_default())
    };
    let named = has(context, nginx, id, "protocol") || nginx.here(context.files, id, "listen").any(tells);
    if !has(context, nginx, id, "listen") {
        Some(Wanted::Listen)
    } else if !named {
        Some(Wanted::Protocol)
    } else {
        // It is inherited, from a file that has to be in sight.
        let asks = nginx.find(context.files, id, "auth_http").is_some();
        (nginx.whole && !asks).then_some(Wanted::AuthHttp)
    }
}

fn has(context: &Context<'_>, nginx: &Nginx, id: ScopeId, name: &str) -> bool {
    nginx.here(context.files, id, name).next().is_some()
}

fn finding(context: &Context<'_>, server: NodeRef<'_>, wanted: Wanted) -> Diagnostic {
    let (lacks, label, says, help) = match wanted {
        Wanted::Listen => (
            "listens nowhere",
            "without `listen`",
            "no \"listen\" is defined for server",
            "write `listen` with a port: only servers of `http` have a default",
        ),
        Wanted::Handler => (
            "does nothing with its connections",
            "without `proxy_pass` or `return`",
            "no handler for server",
            "write `proxy_pass HOST:PORT;`, with the server its connections go to",
        ),
        Wanted::AuthHttp => (
            "has nobody to ask who may log in",
            "without `auth_http`, here or in `mail`",
            "no \"auth_http\" is defined for server",
            "write `auth_http HOST:PORT/PATH;`, with the service that knows the users and their mail servers",
        ),
        Wanted::Protocol => (
            "has no protocol, and its port tells none",
            "without `protocol`",
            "unknown mail protocol for server",
            "write `protocol imap;`, `protocol pop3;` or `protocol smtp;`",
        ),
    };
    Diagnostic::new(server.head(), format!("this server {lacks}: nginx does not start"), label)
        .note(logged(context, server.head(), &format!("[emerg] {says}")))
        .help(help)
}
