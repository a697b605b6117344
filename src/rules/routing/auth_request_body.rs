//! `routing/auth-request-body`: who answers `auth_request` is told of a body that never comes.

use std::collections::HashSet;

use super::headers::Headers;
use super::{AuthRequest, auth_requests, is_placeholder};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{LocationHead, Nginx, Route, ScopeId};
use crate::value::LocationKind;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "routing/auth-request-body",
    severity: Severity::Warning,
    summary: "who answers `auth_request` is told of a body that never comes",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/routing/auth-request-body.md"),
    check,
};

/// The line that takes the length away.
const LINE: &str = "proxy_set_header Content-Length \"\";";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for asked in auth_requests(context) {
        let Some(path) = asked.node.arg(0).filter(|path| path.starts_with('/') && !is_placeholder(path))
        else {
            continue;
        };
        if !hands_bodies_on(context, asked) {
            continue;
        }
        if let Some(Route::Location(id)) = asked.nginx.route(context.files, asked.server, &path)
            && seen.insert(asked.nginx.scope(id).at)
        {
            sink.report_some(finding(context, asked, id, &path));
        }
    }
}

/// Whether requests that are checked go on to a program: only those come with a body.
fn hands_bodies_on(context: &Context<'_>, asked: AuthRequest<'_>) -> bool {
    const PASSES: [&str; 5] = ["proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass"];
    let nginx = asked.nginx;
    let mut scopes = std::iter::once(asked.scope).chain(nginx.inside(asked.scope));
    scopes.any(|id| PASSES.iter().any(|name| nginx.here(context.files, id, name).next().is_some()))
}

fn finding(context: &Context<'_>, asked: AuthRequest<'_>, id: ScopeId, path: &str) -> Option<Diagnostic> {
    let nginx: &Nginx = asked.nginx;
    let pass = nginx.here(context.files, id, "proxy_pass").last()?;
    let headers = Headers::read(context, nginx, id)?;
    let other_body = nginx.find(context.files, id, "proxy_set_body").is_some();
    if other_body || headers.find("Content-Length").is_some() {
        return None;
    }
    let off = nginx.here(context.files, id, "proxy_pass_request_body").last();
    let off = off.filter(|node| node.arg(0).is_some_and(|arg| arg == "off"));
    let message = format!(
        "`{path}` is asked with the Content-Length of the request and never gets its body: a backend that waits for \
         it makes each POST answer 500"
    );
    let (span, label) = match off {
        Some(off) => (off.head(), "the body is left out, its length is still sent"),
        None => (nginx.head(context.files, id)?, "asked without a body, whose length is still sent"),
    };
    let internal = nginx.here(context.files, id, "internal").next().is_some();
    let exact = LocationHead::of(context.files.node(nginx.scope(id).at?))?.kind == LocationKind::Exact;
    let mut edits = headers.add(context, nginx, id, off.unwrap_or(pass), LINE);
    if off.is_none() && nginx.here(context.files, id, "proxy_pass_request_body").next().is_none() {
        edits.insert(0, edits::insert_line_after(pass, "proxy_pass_request_body off;"));
    }
    let title = "send no length either";
    let fix = match (internal || off.is_some(), exact) {
        (true, _) => Some(Fix::safe(title, edits)),
        (false, true) => Some(Fix::risky(title, edits)),
        // Others come here with bodies of their own.
        (false, false) => None,
    };
    Some(
        Diagnostic::new(span, message, label)
            .label(asked.node.head(), "asked from here")
            .note("nginx logs: auth request unexpected status: 504 while sending to client")
            .help(format!("write `{LINE}`"))
            .fix(fix),
    )
}
