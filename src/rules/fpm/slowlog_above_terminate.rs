//! `fpm/slowlog-above-terminate`: a request is ended before it counts as slow.

use super::outage;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::value;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/slowlog-above-terminate",
    severity: Severity::Error,
    summary: "request_slowlog_timeout above request_terminate_timeout, with which PHP-FPM does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/fpm/slowlog-above-terminate.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in &context.stack.fpm {
        for pool in &fpm.pools {
            let times = [pool.get("request_slowlog_timeout"), pool.get("request_terminate_timeout")];
            let [Some(slow), Some(end)] = times else { continue };
            let (Ok(slow_read), Ok(end_read)) = (value::fpm_time(&slow.value), value::fpm_time(&end.value))
            else {
                continue;
            };
            let (slow_for, end_after) = (slow_read.value, end_read.value);
            if end_after <= 0 || slow_for <= end_after {
                continue;
            }
            let message = format!(
                "pool [{}] ends requests after {end_after} s and is to log those slower than {slow_for} s: {}",
                pool.name,
                outage(context, fpm)
            );
            let mut diagnostic = Diagnostic::new(slow.span, message, "later than they can run")
                .label(end.span, format!("requests are ended after {end_after} s"))
                .note(format!(
                    "FPM logs: ERROR: [pool {}] 'request_slowlog_timeout' ({slow_for}) can't be greater than \
                     'request_terminate_timeout' ({end_after})",
                    pool.name
                ))
                .help(format!("write `request_slowlog_timeout = {}` or less", end.value));
            // Of a time that is read in part only, the other rule has to make sense first.
            if slow_read.whole && end_read.whole {
                let edit = edits::restate(context.files.node(slow.at), &end.value);
                diagnostic =
                    diagnostic.fix(Fix::safe(format!("log those that take {}", end.value), vec![edit]));
            }
            sink.report(diagnostic);
        }
    }
}
