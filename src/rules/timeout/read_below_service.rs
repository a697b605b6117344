//! `timeout/read-below-service`: nginx waits less for an answer than the application server lets it take.

use std::collections::HashSet;

use super::MARGIN;
use super::service::pairs;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "timeout/read-below-service",
    severity: Severity::Warning,
    summary: "nginx waits less for an answer than the application server lets it take",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/timeout/read-below-service.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for pair in pairs(context) {
        // A default is nobody's wish: only what is set is waited for.
        let Some(span) = pair.limit.span else { continue };
        let cause = pair.wait.span().unwrap_or(pair.hop.span);
        if i128::from(pair.wait.value) >= i128::from(pair.limit.seconds) * 1000 || !seen.insert(cause) {
            continue;
        }
        let needed = pair.limit.seconds + MARGIN;
        let message = format!(
            "nginx waits {} and {} may take {}: a request in between answers 504",
            pair.wait_words(),
            pair.app.title(),
            pair.limit.words()
        );
        let found = Diagnostic::new(cause, message, "nginx gives up first")
            .label(span, "the worker runs on until then")
            .note("nginx logs: upstream timed out (110: Connection timed out) while reading response header from upstream")
            .help(format!("write `{} {needed}s;` where it is called", pair.directive))
            .fix(pair.raise(context));
        sink.report(found);
    }
}
