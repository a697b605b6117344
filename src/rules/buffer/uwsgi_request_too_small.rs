//! `buffer/uwsgi-request-too-small`: nginx takes longer headers than uWSGI.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::{Buffers, Nginx};
use crate::stack::services::App;
use crate::stack::setting::Setting;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "buffer/uwsgi-request-too-small",
    severity: Severity::Warning,
    summary: "nginx takes longer headers than uWSGI",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/buffer/uwsgi-request-too-small.md"),
    check,
};

/// uWSGI's own.
const DEFAULT: u64 = 4096;

/// What `buffer-size` is raised to: room for the four buffers nginx has.
const ROOM: u64 = 32_768;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    let hops = context.stack.hops.iter();
    for hop in hops.filter(|hop| matches!(hop.protocol, Protocol::Uwsgi | Protocol::Http)) {
        let Some(nginx) = context.stack.nginx_of(hop) else { continue };
        let Some(app) = hop.legs.iter().find_map(|leg| context.stack.app_at(leg)) else { continue };
        let Some((size, said)) = buffer_size(app).filter(|_| app.program.name == "uwsgi") else { continue };
        let Some(headers) = headers(context, nginx, hop) else { continue };
        let place = said.unwrap_or(app.span);
        if size < headers.value.size && size < ROOM && seen.insert(place) {
            // Where nothing is set on either side, it is advice.
            let severity = if headers.is_default() { Severity::Hint } else { Severity::Warning };
            sink.report_as(severity, finding(context, app, size, &headers, place));
        }
    }
}

/// `buffer-size`, and where it is set.
fn buffer_size(app: &App) -> Option<(u64, Option<crate::source::Span>)> {
    match app.get("buffer-size") {
        Some(setting) => Some((setting.value.known()?.parse().ok()?, Some(setting.span))),
        None => (!app.open).then_some((DEFAULT, None)),
    }
}

/// The largest header line nginx takes; `None` where it may be set out of sight.
fn headers(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<Setting<Buffers>> {
    let default = Buffers { count: 4, size: 8192 };
    let setting = nginx.buffers(context.files, hop.scope, "large_client_header_buffers", default)?;
    (!setting.is_default() || nginx.whole).then_some(setting)
}

fn finding(
    context: &Context<'_>,
    app: &App,
    size: u64,
    headers: &Setting<Buffers>,
    place: crate::source::Span,
) -> Diagnostic {
    let default = if app.get("buffer-size").is_none() { " (default)" } else { "" };
    let message = format!(
        "uWSGI takes {size} bytes of headers{default} and nginx a line of {}: a request in between answers 502",
        headers.value.size
    );
    let mut found = Diagnostic::new(place, message, "what does not fit is dropped");
    if let Some(span) = headers.span() {
        found = found.label(span, "nginx takes this");
    }
    let edit = app.set(context.sources, "buffer-size", &ROOM.to_string());
    found
        .note(format!("uWSGI logs: invalid request block size: 8344 (max {size})...skip; nginx logs: recv() failed (104: Connection reset by peer) while reading response header from upstream"))
        .help(format!("write `buffer-size = {ROOM}`"))
        .fix(edit.map(|edit| Fix::risky(format!("set buffer-size to {ROOM}"), vec![edit])))
}
