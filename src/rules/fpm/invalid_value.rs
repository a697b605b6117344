//! `fpm/invalid-value`: a value FPM refuses, be it no number, no time or no switch.

use std::collections::HashSet;

use super::refusal::{self, Complaint, Refusal};
use super::{log_place, outage, sections};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::{Entry, Fpm};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/invalid-value",
    severity: Severity::Error,
    summary: "a value that is no number, time or switch, with which PHP-FPM does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/fpm/invalid-value.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for fpm in &context.stack.fpm {
        for (section, global) in sections(fpm) {
            for entry in &section.entries {
                let refused = refusal::of(section, global, entry);
                if let Some(refusal) = refused.filter(|_| seen.insert(entry.at)) {
                    sink.report(finding(context, fpm, entry, refusal));
                }
            }
        }
    }
}

fn finding(context: &Context<'_>, fpm: &Fpm, entry: &Entry, refusal: Refusal) -> Diagnostic {
    let node = context.files.node(entry.at);
    let name = node.name();
    let message = format!("`{name}` takes {}: {}", refusal.wanted, outage(context, fpm));
    let label = match entry.value.as_str() {
        "" => "there is no value".to_owned(),
        text => format!("`{text}` is not taken"),
    };
    let logs = match refusal.complaint {
        Complaint::Reading(text) => format!("ERROR: {} {text}", log_place(context, entry.span)),
        Complaint::Checking(text) if text.contains("no listen") => format!("ALERT: {text}"),
        Complaint::Checking(text) => format!("ERROR: {text}"),
        Complaint::Starting(text) => format!("ERROR: {text}; `php-fpm -t` does not see it"),
    };
    let diagnostic = Diagnostic::new(entry.span, message, label).note(format!("FPM logs: {logs}"));
    match refusal.meant {
        Some(meant) => {
            let fix = Fix::safe(format!("write {meant}"), vec![edits::restate(node, &meant)]);
            diagnostic.help(format!("write `{name} = {meant}`")).fix(fix)
        }
        None => diagnostic,
    }
}
