//! `service/sync-worker-unbuffered`: nginx does not buffer, and each slow client holds a worker of gunicorn.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Protocol;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "service/sync-worker-unbuffered",
    severity: Severity::Warning,
    summary: "nginx does not buffer, and each slow client holds a worker of gunicorn",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/service/sync-worker-unbuffered.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for hop in context.stack.hops.iter().filter(|hop| hop.protocol == Protocol::Http) {
        let Some(nginx) = context.stack.nginx_of(hop) else { continue };
        let app = hop.legs.iter().find_map(|leg| context.stack.app_at(leg));
        let Some(app) = app.filter(|app| app.program.name == "gunicorn" && app.is_sync()) else { continue };
        for (name, what) in [("proxy_request_buffering", "sends"), ("proxy_buffering", "reads")] {
            let Some(setting) = nginx.flag(context.files, hop.scope, name, true) else { continue };
            let Some(span) = setting.span().filter(|span| !setting.value && seen.insert(*span)) else {
                continue;
            };
            let workers = app.number("workers").unwrap_or(1).max(1);
            let message = format!(
                "{} has sync workers, and with `{name} off` each of them waits while its client {what}: a few slow clients and all others wait, and get 504",
                app.title()
            );
            let edit = nginx.value_span(context.files, hop.scope, name).map(|span| Edit::replace(span, "on"));
            let place = app.get("workers").map_or(app.span, |setting| setting.span);
            let known = app.get("workers").is_none_or(|setting| setting.value.known().is_some());
            let count = if known { format!("{workers} at a time") } else { "one request each".to_owned() };
            let found = Diagnostic::new(span, message, "not buffered")
                .label(place, count)
                .note("nginx logs: upstream timed out (110: Connection timed out) while reading response header from upstream")
                .help(format!("write `{name} on;`, or give gunicorn threads (`--threads 8`)"))
                .fix(edit.map(|edit| Fix::risky(format!("turn {name} on"), vec![edit])));
            sink.report(found);
        }
    }
}
