//! `log/error-log-off`: `error_log off` logs to a file of that name.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "log/error-log-off",
    severity: Severity::Warning,
    summary: "`error_log off` does not switch the log off: nginx writes it to a file named off",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/log/error-log-off.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for nginx in &context.stack.nginx {
        for scope in nginx.scope_ids() {
            let off = nginx.here(context.files, scope, "error_log").filter(|node| is_off(*node));
            for node in off.filter(|node| seen.insert(node.at())) {
                sink.report(finding(node));
            }
        }
    }
}

fn is_off(node: NodeRef<'_>) -> bool {
    node.arg(0).is_some_and(|file| matches!(&*file, "off" | "false" | "no" | "none"))
}

fn finding(node: NodeRef<'_>) -> Diagnostic {
    let file = node.arg(0).unwrap_or_default();
    let message = format!(
        "`error_log {file}` does not switch the log off: nginx writes it to a file named {file} in its own directory, where \
         nobody looks for it"
    );
    let line = "/dev/null crit";
    Diagnostic::new(node.head(), message, "the name of a file")
        .note("nginx says nothing; only access_log knows `off`")
        .help(format!("write `error_log {line};`, or better a file, so that a 502 can be explained"))
        .fix(Fix::safe("drop the log, as is meant", vec![edits::set_value(node, line)]))
}
