//! `timeout/no-terminate-timeout`: nothing ends a request that waits forever.

use super::Limit;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "timeout/no-terminate-timeout",
    severity: Severity::Hint,
    summary: "nothing ends a request that waits forever",
    fixable: Fixable::No,
    card: include_str!("../../../rules/timeout/no-terminate-timeout.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (fpm, pool) in context.stack.pools() {
        let entry = pool.get(super::TERMINATE);
        let endless = entry.is_none() || Limit::of_fpm(pool).is_some_and(|limit| limit.seconds == 0);
        if !endless {
            continue;
        }
        let message = format!(
            "nothing ends a request of pool [{}] that waits for a database or another server: each keeps a child, until none is left and every request answers 504",
            pool.name
        );
        let (span, label) = match entry {
            Some(entry) => (entry.span, "0 is no limit"),
            None => (pool.name_span, "request_terminate_timeout is not set in this pool"),
        };
        let php = Limit::of_php(context, None, fpm, pool).map_or(30, |limit| limit.seconds);
        let help = format!(
            "write `{} = {}s`, more than max_execution_time, which counts no waiting, and less than the gateways wait",
            super::TERMINATE,
            php + super::MARGIN
        );
        sink.report(Diagnostic::new(span, message, label).help(help));
    }
}
