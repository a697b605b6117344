//! `timeout/service-kills-first`: nginx is told to wait long, and the application server ends its worker before.

use std::collections::HashSet;

use super::service::pairs;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "timeout/service-kills-first",
    severity: Severity::Warning,
    summary: "nginx is told to wait long, and the application server ends its worker before",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/timeout/service-kills-first.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for pair in pairs(context) {
        let Some(wait) = pair.wait.span() else { continue };
        // nginx waits a little longer where all is well; twice as long is a wish the program does not know of.
        let longer = i128::from(pair.wait.value) >= i128::from(pair.limit.seconds) * 2000;
        let place = pair.limit.span.unwrap_or(pair.app.span);
        if !longer || !seen.insert(place) {
            continue;
        }
        let Some((seconds, fix)) = pair.lengthen(context) else { continue };
        let (name, key) = (pair.app.program.name, pair.limit.key);
        let uwsgi = name == "uwsgi";
        let status = if uwsgi { "502" } else { "502 or 500" };
        let message = format!(
            "nginx waits {} here, and {} ends a worker after {}: a request in between answers {status}",
            pair.wait_words(),
            pair.app.title(),
            pair.limit.words()
        );
        let logs = if uwsgi {
            "uWSGI logs: *** HARAKIRI ON WORKER 1"
        } else {
            "gunicorn logs: [CRITICAL] WORKER TIMEOUT (pid:41)"
        };
        let help = match (pair.limit.span, uwsgi) {
            (Some(_), _) => format!("set {key} to {seconds}"),
            (None, _) => {
                format!("add `--{key} {seconds}` to the command, or `{key} = {seconds}` to gunicorn.conf.py")
            }
        };
        let found = Diagnostic::new(place, message, "the worker is ended first")
            .label(wait, "nginx would wait until then")
            .note(format!("{logs}; nginx logs: upstream prematurely closed connection while reading response header from upstream"))
            .help(help)
            .fix(fix);
        sink.report(found);
    }
}
