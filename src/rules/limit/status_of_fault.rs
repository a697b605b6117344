//! `limit/status-of-fault`: who comes too often is told that the server is down.

use super::{named, zones};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::Nginx;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "limit/status-of-fault",
    severity: Severity::Hint,
    summary: "visitors who come too often get 503, as if the backend were down",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/limit/status-of-fault.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in context.stack.nginx.iter().filter(|nginx| nginx.whole) {
        for kind in ["limit_req", "limit_conn"] {
            sink.report_once(finding(context, nginx, kind));
        }
    }
}

/// The first limit of a kind that answers 503; one line heals them all.
fn finding(context: &Context<'_>, nginx: &Nginx, kind: &str) -> Option<Diagnostic> {
    let zones = zones(context, nginx, kind);
    let status = format!("{kind}_status");
    let answers_503 = |scope| {
        let set = nginx.find(context.files, scope, &status).is_some();
        let dry = nginx.flag(context.files, scope, &format!("{kind}_dry_run"), false);
        !set && nginx.is_certain(scope) && dry.is_some_and(|dry| !dry.value)
    };
    let limits = nginx.scope_ids().filter(|_| !zones.is_empty()).filter(|&scope| answers_503(scope));
    let limit = limits.flat_map(|scope| nginx.here(context.files, scope, kind)).next()?;
    let name = named(limit)?;
    let zone = zones.iter().find(|zone| zone.name == name)?;
    let line = format!("{status} 429;");
    let edit = edits::insert_line_after(zone.node, &line);
    Some(
        Diagnostic::new(
            limit.head(),
            "who comes too often gets 503 here, as if the backend were down",
            "503 by default",
        )
        .label(zone.node.head(), "counted by this")
        .note("nginx logs: limiting requests … or limiting connections …, and the access log says 503")
        .help(format!(
            "write `{line}` in http: clients then know that they are to wait, and a 503 is a fault"
        ))
        .fix(Fix::risky("answer 429", vec![edit])),
    )
}
