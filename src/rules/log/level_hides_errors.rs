//! `log/level-hides-errors`: an `error_log` whose level is above that of what explains a 502.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "log/level-hides-errors",
    severity: Severity::Hint,
    summary: "an error log that leaves out what nginx says about a backend that fails",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/log/level-hides-errors.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for (nginx, hop) in context.stack.nginx_hops() {
        let Some((_, logs)) = nginx.list(context.files, hop.scope, "error_log") else { continue };
        // Several logs add up: one that takes errors is enough.
        if !logs.iter().all(|log| hides(*log)) {
            continue;
        }
        for log in logs.into_iter().filter(|log| !is_nowhere(*log) && seen.insert(log.at())) {
            sink.report(finding(log));
        }
    }
}

/// Whether its level is above `error`, at which nginx tells why a backend did not answer.
fn hides(log: NodeRef<'_>) -> bool {
    log.words().len() == 2 && log.arg(1).is_some_and(|level| matches!(&*level, "crit" | "alert" | "emerg"))
}

/// Whether no log is wanted.
fn is_nowhere(log: NodeRef<'_>) -> bool {
    log.arg(0).is_none_or(|file| matches!(&*file, "/dev/null" | "off" | "false" | "no" | "none"))
}

fn finding(log: NodeRef<'_>) -> Diagnostic {
    let level = log.arg(1).unwrap_or_default();
    let message = format!(
        "this log leaves out why a backend fails: nginx says that at level error, and it begins at {level}"
    );
    let edit = edits::replace_arg(log, 1, "error");
    let fix = edit.map(|edit| Fix::risky("log errors too", vec![edit]));
    Diagnostic::new(log.head(), message, "begins above error")
        .note("with `error` nginx logs: connect() failed (111: Connection refused) while connecting to upstream")
        .help("write `error` for the level, or leave it out")
        .fix(fix)
}
