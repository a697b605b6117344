//! `fpm/listen-missing`: a pool that does not say where it listens.

use super::{is_computed, outage};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/listen-missing",
    severity: Severity::Error,
    summary: "a pool that does not say where it listens, with which PHP-FPM does not start",
    fixable: Fixable::No,
    card: include_str!("../../../rules/fpm/listen-missing.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in &context.stack.fpm {
        for pool in &fpm.pools {
            let listen = pool.get("listen");
            let (span, label) = match listen {
                Some(entry) if entry.read().is_empty() && !is_computed(entry) => {
                    (entry.span, "there is no value")
                }
                // Without the main file it may stand in another one. A misspelt line has its own finding.
                None if fpm.whole && !misspelt(pool) => (pool.name_span, "no `listen` in this pool"),
                _ => continue,
            };
            let message =
                format!("pool [{}] does not say where it listens: {}", pool.name, outage(context, fpm));
            sink.report(
                Diagnostic::new(span, message, label)
                    .note(format!(
                        "FPM logs: ALERT: [pool {}] no listen address have been defined!",
                        pool.name
                    ))
                    .help(format!("write `listen = /run/php/{}.sock`", pool.name)),
            );
        }
    }
}

/// Whether a line of the pool is meant to be its `listen`: `listen /run/x.sock`, `Listenn = 9000`.
fn misspelt(pool: &crate::stack::fpm::Pool) -> bool {
    let mut keys = pool.entries.iter().map(|entry| entry.key.split([' ', '\t']).next().unwrap_or_default());
    keys.any(|key| crate::spelling::closest(key, ["listen"]).is_some())
}
