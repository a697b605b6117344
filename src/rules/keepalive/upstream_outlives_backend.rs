//! `keepalive/upstream-outlives-backend`: nginx keeps connections longer than the backend does.

use std::collections::HashSet;

use super::{Backend, SHORT};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::routing::speaks_http_11;
use crate::stack::hop::{Gateway, Hop, Protocol};
use crate::stack::nginx::{Nginx, ScopeId};
use crate::tree::NodeRef;
use crate::value::{self, Resolution, millis_text};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "keepalive/upstream-outlives-backend",
    severity: Severity::Warning,
    summary: "nginx keeps idle connections longer than the backend does, and sends requests into closed ones",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/keepalive/upstream-outlives-backend.md"),
    check,
};

/// What nginx waits in an `upstream` that does not say.
const DEFAULT: u64 = 60_000;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (index, nginx) in context.stack.nginx.iter().enumerate() {
        let mut seen = HashSet::new();
        for hop in &context.stack.hops {
            let Some(number) = hop.upstream.filter(|_| hop.gateway == Gateway::Nginx(index)) else {
                continue;
            };
            if keeps(context, nginx, hop) && seen.insert(number) {
                let found = finding(context, nginx, hop, nginx.upstreams[number].scope);
                if let Some((severity, found)) = found {
                    sink.report_as(severity, found);
                }
            }
        }
    }
}

/// Whether requests of a hop leave a connection behind that the next one uses: HTTP/1.1 and no `Connection: close`, which
/// nginx has to be told before 1.29.7.
fn keeps(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> bool {
    if !matches!(hop.protocol, Protocol::Http | Protocol::Https) {
        return false;
    }
    let by_itself = speaks_http_11(context) && nginx.is_certain(hop.scope);
    let version = nginx.text(context.files, hop.scope, "proxy_http_version");
    let headers = nginx.list(context.files, hop.scope, "proxy_set_header").map(|(_, headers)| headers);
    let is_connection =
        |node: &NodeRef<'_>| node.arg(0).is_some_and(|name| name.eq_ignore_ascii_case("connection"));
    let connection = headers.unwrap_or_default().into_iter().rfind(is_connection);
    let cleared = connection.map(|node| node.arg(1).is_some_and(|value| value.is_empty()));
    version.map_or(by_itself, |version| version.value == "1.1") && cleared.unwrap_or(by_itself)
}

fn finding(
    context: &Context<'_>,
    nginx: &Nginx,
    hop: &Hop,
    group: ScopeId,
) -> Option<(Severity, Diagnostic)> {
    let keepalive = nginx.here(context.files, group, "keepalive").last();
    let last_server = || nginx.here(context.files, group, "server").last();
    // Since 1.29.7 each upstream keeps 32.
    let by_itself = speaks_http_11(context) && nginx.is_certain(group);
    let kept = match keepalive {
        Some(node) => value::nginx_number(&node.arg(0)?).ok().filter(|&count| count > 0).map(|_| node)?,
        None => last_server().filter(|_| by_itself)?,
    };
    let own = nginx.here(context.files, group, "keepalive_timeout").last();
    let wait = match own {
        Some(node) => value::nginx_time(&node.arg(0)?, Resolution::Milliseconds).ok()?,
        None => DEFAULT,
    };
    let backends = hop.legs.iter().filter(|leg| !leg.down).filter_map(|leg| Backend::at(context, leg));
    let backend = backends.min_by_key(|backend| backend.idle).filter(|backend| backend.idle <= wait)?;
    let said = if own.is_none() { format!("{} (default)", millis_text(wait)) } else { millis_text(wait) };
    let message = format!(
        "nginx keeps idle connections for {said} and {} closes them after {}: a POST that meets the closing answers 502",
        backend.name,
        backend.said()
    );
    let place = own.or(keepalive).map(NodeRef::head).or_else(|| nginx.head(context.files, group))?;
    let label =
        if keepalive.is_some() { "used again until then" } else { "keeps 32 connections since 1.29.7" };
    let (help, fix) = repair(own, kept, &backend, wait);
    let severity = if backend.idle <= SHORT { Severity::Warning } else { Severity::Hint };
    let found =
        Diagnostic::new(place, message, label)
            .label(backend.span(), format!("{} closes after {}", backend.name, backend.said()))
            .note(
                "nginx logs: upstream prematurely closed connection while reading response header from upstream, or: \
                 recv() failed (104: Connection reset by peer)",
            )
            .help(help)
            .fix(fix);
    Some((severity, found))
}

/// Lets nginx close first; a backend that waits less than two seconds has to wait longer.
fn repair(
    own: Option<NodeRef<'_>>,
    keepalive: NodeRef<'_>,
    backend: &Backend<'_>,
    wait: u64,
) -> (String, Option<Fix>) {
    if let Some(seconds) = backend.shorter() {
        let text = format!("keepalive_timeout {seconds}s;");
        let edit = match own {
            Some(node) => edits::replace_arg(node, 0, &format!("{seconds}s")),
            None => Some(edits::insert_line_after(keepalive, &text)),
        };
        let fix =
            edit.map(|edit| Fix::risky(format!("close idle connections after {seconds} s"), vec![edit]));
        return (format!("write `{text}` in the upstream"), fix);
    }
    let seconds = wait.div_ceil(1000) + 15;
    let text = format!("{} {seconds}", backend.directive);
    let fix = backend.wait(seconds).map(|edit| Fix::risky(format!("write {text}"), vec![edit]));
    (format!("write `{text}` for {}, so that nginx closes first", backend.name), fix)
}
