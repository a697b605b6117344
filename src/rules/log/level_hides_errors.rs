//! `log/level-hides-errors`: an `error_log` or `LogLevel` above the level of what explains a 502.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::Apache;
use crate::stack::nginx::ScopeId;
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "log/level-hides-errors",
    severity: Severity::Hint,
    summary: "an error log that leaves out what a gateway says about a backend that fails",
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
    for (apache, hop) in context.stack.apache_hops() {
        sink.report_once(of_apache(context, apache, hop.scope));
    }
}

/// What Apache says of a backend that fails is of level error, unless the module has a level of its own.
fn of_apache(context: &Context<'_>, apache: &Apache, scope: ScopeId) -> Option<Diagnostic> {
    let (entry, _) = apache.find(scope, "loglevel")?;
    if entry.args.iter().any(|arg| arg.value.starts_with("proxy") || arg.is_unresolved()) {
        return None;
    }
    let arg = entry.args.iter().find(|arg| !arg.value.contains(':'))?;
    let level = arg.value.to_ascii_lowercase();
    if !ABOVE_ERROR.contains(&level.as_str()) {
        return None;
    }
    let message = format!(
        "this log leaves out why a backend fails: Apache says that at level error, and it begins at {level}"
    );
    let fix = arg.plain.map(|span| Fix::risky("log warnings too", vec![Edit::replace(span, "warn")]));
    Some(
        Diagnostic::new(entry.span(context.files), message, "begins above error")
            .note("with `warn`, which is the default, Apache logs: AH01079: failed to make connection to backend")
            .help("write `LogLevel warn`")
            .fix(fix),
    )
}

/// The levels that leave errors out.
const ABOVE_ERROR: [&str; 3] = ["crit", "alert", "emerg"];

/// Whether its level is above `error`, at which nginx tells why a backend did not answer.
fn hides(log: NodeRef<'_>) -> bool {
    log.words().len() == 2 && log.arg(1).is_some_and(|level| ABOVE_ERROR.contains(&&*level))
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
