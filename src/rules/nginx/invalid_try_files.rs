//! `nginx/invalid-try-files`: a `try_files` with a status nginx does not know, or not at its end.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{NodeRef, Text};
use crate::value::nginx_number;

use super::certain::{has_template, is_garbled};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/invalid-try-files",
    severity: Severity::Error,
    summary: "a `try_files` with a status nginx does not know, or not at its end",
    fixable: Fixable::No,
    card: include_str!("../../../rules/nginx/invalid-try-files.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for nginx in &context.stack.nginx {
        for place in nginx.places(context.files).filter(|place| place.node.name() == "try_files") {
            let node = place.node;
            if node.words().len() < 2 || is_garbled(node) || !seen.insert(node.at()) {
                continue;
            }
            sink.report_some(no_status(node));
            for found in early_status(node) {
                sink.report_as(Severity::Warning, found);
            }
        }
    }
}

fn no_status(node: NodeRef<'_>) -> Option<Diagnostic> {
    let text = Text::arg(node, node.words().len() - 1)?;
    let status = text.value.strip_prefix('=')?;
    if has_template(&text.value)
        || text.value.contains("${")
        || nginx_number(status).is_ok_and(|number| number <= 999)
    {
        return None;
    }
    let message =
        format!("`try_files` ends in `={status}`, and `{status}` is no status: nginx does not start");
    let found = Diagnostic::new(text.span(), message, "no status from 0 to 999");
    Some(found.note(format!("nginx logs: invalid code \"={status}\"")).help("write `=404`"))
}

/// Only the last argument is an answer. Before it `=404` is the name of a file.
fn early_status(node: NodeRef<'_>) -> Vec<Diagnostic> {
    let count = node.words().len();
    let early = (0..count - 1).filter_map(|index| Text::arg(node, index));
    let status =
        |text: &Text<'_>| text.value.strip_prefix('=').is_some_and(|code| nginx_number(code).is_ok());
    let last = node.arg(count - 1).unwrap_or_default();
    let finding = |text: Text<'_>| {
        let message = format!(
            "`{}` answers only at the end of `try_files`: here it is the name of a file, and what matches none goes to \
             `{last}`",
            text.value
        );
        let found = Diagnostic::new(text.span(), message, "taken for the name of a file");
        found
            .note("nginx says nothing about it")
            .help(format!("take it away, or what stands behind it, `{last}`"))
    };
    early.filter(status).map(finding).collect()
}
