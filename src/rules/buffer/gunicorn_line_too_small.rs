//! `buffer/gunicorn-line-too-small`: nginx is told to take longer request lines than gunicorn does.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Protocol;
use crate::stack::nginx::Buffers;
use crate::stack::services::App;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "buffer/gunicorn-line-too-small",
    severity: Severity::Warning,
    summary: "nginx is told to take longer request lines than gunicorn does",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/buffer/gunicorn-line-too-small.md"),
    check,
};

/// gunicorn's own.
const DEFAULT: u64 = 4094;

/// The most `limit_request_line` may be, but for 0, which is no limit.
const MOST: u64 = 8190;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for hop in context.stack.hops.iter().filter(|hop| hop.protocol == Protocol::Http) {
        let Some(nginx) = context.stack.nginx_of(hop) else { continue };
        let app = hop.legs.iter().find_map(|leg| context.stack.app_at(leg));
        let Some(app) = app.filter(|app| app.program.name == "gunicorn" && !app.has_other_worker()) else {
            continue;
        };
        let Some(limit) = limit(app) else { continue };
        let default = Buffers { count: 4, size: 8192 };
        let headers = nginx.buffers(context.files, hop.scope, "large_client_header_buffers", default);
        let Some((headers, span)) = headers.and_then(|headers| Some((headers.value, headers.span()?))) else {
            continue;
        };
        if limit == 0 || limit >= headers.size || limit >= MOST || !seen.insert(span) {
            continue;
        }
        let said = if app.get("limit_request_line").is_none() { " (default)" } else { "" };
        let message = format!(
            "nginx takes a request line of {} bytes, and {} one of {limit}{said}: a longer one answers 400",
            headers.size,
            app.title()
        );
        let edit = app.set(context.sources, "limit_request_line", &MOST.to_string());
        let place = app.get("limit_request_line").map_or(app.span, |setting| setting.span);
        let found = Diagnostic::new(place, message, "what is longer is refused")
            .label(span, "nginx takes this")
            .note(format!("gunicorn logs: Invalid request from ip=: Request Line is too large (6014 > {limit}); since version 23 the answer is 414"))
            .help(format!("set limit_request_line to {MOST}, the most it takes"))
            .fix(edit.map(|edit| Fix::risky(format!("set limit_request_line to {MOST}"), vec![edit])));
        sink.report(found);
    }
}

fn limit(app: &App) -> Option<u64> {
    match app.get("limit_request_line") {
        Some(setting) => setting.value.known()?.parse().ok(),
        None => (!app.open).then_some(DEFAULT),
    }
}
