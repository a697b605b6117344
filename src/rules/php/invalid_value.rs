//! `php/invalid-value`: a value PHP takes for another one than what is written.

use super::reading::{self, Misread};
use super::{Set, settings};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::vocabulary::php_word;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/invalid-value",
    severity: Severity::Warning,
    summary: "PHP takes a value for another one than what is written",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/php/invalid-value.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for set in settings(context) {
        let Some(misread) = php_word(&set.key).and_then(|word| reading::of(&set, word)) else { continue };
        let severity = if misread.harmless { Severity::Hint } else { Severity::Warning };
        sink.report_as(severity, finding(context, &set, misread));
    }
}

fn finding(context: &Context<'_>, set: &Set, misread: Misread) -> Diagnostic {
    let mut found = Diagnostic::new(set.span, misread.message, misread.label);
    found.note = misread.logs;
    match (misread.meant, misread.help) {
        (Some(meant), _) => found.help(format!("write `{meant}`")).fix(set.repair(context, &meant)),
        (None, Some(help)) => found.help(help),
        (None, None) => found,
    }
}
