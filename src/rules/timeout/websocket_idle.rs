//! `timeout/websocket-idle`: a WebSocket on which nothing is said for a minute is cut.

use std::collections::HashSet;

use super::ladder::Wait;
use super::read_below_backend::{raise, wait};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::options::{OptionKind, RuleOption};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::routing::Headers;
use crate::stack::hop::Hop;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "timeout/websocket-idle",
    severity: Severity::Hint,
    summary: "a WebSocket on which nothing is said for a minute is cut",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/timeout/websocket-idle.md"),
    check,
};

/// Seconds of silence that a WebSocket has to survive.
pub(crate) static MINIMUM: RuleOption =
    RuleOption { rule: RULE.name, key: "minimum", kind: OptionKind::Seconds, default: 300 };

/// Seconds that are written instead, or the minimum, if that is more.
const ENOUGH: u64 = 3600;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let minimum = context.options.of(&MINIMUM);
    let mut seen = HashSet::new();
    for hop in &context.stack.hops {
        let Some(wait) = wait(context, hop).filter(|wait| wait.millis < minimum * 1000) else { continue };
        if opens_websockets(context, hop) && seen.insert(wait.span.unwrap_or(hop.span)) {
            sink.report(finding(context, hop, &wait, minimum));
        }
    }
}

fn opens_websockets(context: &Context<'_>, hop: &Hop) -> bool {
    let headers = context.stack.nginx_of(hop).and_then(|nginx| Headers::read(context, nginx, hop.scope));
    headers.is_some_and(|headers| headers.upgrade().is_some())
}

fn finding(context: &Context<'_>, hop: &Hop, wait: &Wait, minimum: u64) -> Diagnostic {
    let message = format!("nginx cuts a WebSocket on which nothing was said for {}", wait.words());
    let enough = i64::try_from(ENOUGH.max(minimum)).unwrap_or(i64::MAX);
    let edit = raise(context, hop, wait, enough);
    let mut found =
        Diagnostic::new(wait.span.unwrap_or(hop.span), message, "it waits that long for the backend");
    if wait.span.is_some() && wait.own.is_none() {
        found = found.label(hop.span, "WebSockets go this way");
    }
    found
        .note("nginx logs: upstream timed out (110: Connection timed out) while proxying upgraded connection")
        .help(format!("write `{} {enough}s;`, or let one side send a ping more often", wait.name))
        .fix(edit.map(|edit| Fix::risky(format!("wait {enough} s"), vec![edit])))
}
