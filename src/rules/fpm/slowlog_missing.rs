//! `fpm/slowlog-missing`: slow requests are to be logged, and there is no log.

use std::path::Path;

use super::outage;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::{Entry, Fpm, Pool};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/slowlog-missing",
    severity: Severity::Error,
    summary: "request_slowlog_timeout without a slowlog, with which PHP-FPM does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/fpm/slowlog-missing.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in context.stack.fpm.iter().filter(|fpm| fpm.whole) {
        for pool in &fpm.pools {
            let logged = pool.seconds("request_slowlog_timeout").is_some_and(|seconds| seconds != 0);
            let Some(entry) = pool.get("request_slowlog_timeout").filter(|_| logged) else { continue };
            if pool.said("slowlog").is_some() {
                continue;
            }
            let message =
                format!("pool [{}] has no slowlog to write to: {}", pool.name, outage(context, fpm));
            let mut diagnostic = Diagnostic::new(entry.span, message, "wants a slowlog").note(format!(
                "FPM logs: ERROR: [pool {}] 'slowlog' must be specified for use with 'request_slowlog_timeout'",
                pool.name
            ));
            if let Some(path) = beside_error_log(fpm, pool) {
                let fix = Fix::safe(format!("log them to {path}"), vec![edit(context, pool, entry, &path)]);
                diagnostic = diagnostic.help(format!("write `slowlog = {path}`")).fix(fix);
            }
            sink.report(diagnostic);
        }
    }
}

/// A file in the directory of the error log, which is there when FPM starts.
fn beside_error_log(fpm: &Fpm, pool: &Pool) -> Option<String> {
    let log = &fpm.global.as_ref()?.said("error_log")?.value;
    let dir = Path::new(log).parent().filter(|dir| dir.is_absolute() && !log.contains('$'))?;
    let plain = pool.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    plain.then(|| dir.join(format!("{}-slow.log", pool.name)).display().to_string())
}

fn edit(context: &Context<'_>, pool: &Pool, entry: &Entry, path: &str) -> Edit {
    if let Some(empty) = pool.get("slowlog") {
        return edits::restate(context.files.node(empty.at), path);
    }
    let node = context.files.node(entry.at);
    edits::insert_line_after(node, &edits::key_like(node, "slowlog", path))
}
