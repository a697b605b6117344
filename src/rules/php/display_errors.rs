//! `php/display-errors`: with errors shown to visitors, a page that died answers 200.

use super::in_force;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::php::PhpSetting;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/display-errors",
    severity: Severity::Warning,
    summary: "PHP shows its errors to visitors, and a page that died answers 200 instead of 500",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/php/display-errors.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for setting in in_force(context, "display_errors", "1") {
        if shows(&setting.value) {
            sink.report_some(finding(context, &setting));
        }
    }
}

/// As `php_get_display_errors_mode` reads it.
pub(super) fn shows(value: &str) -> bool {
    let word = ["on", "yes", "true", "stderr", "stdout"].iter().any(|word| value.eq_ignore_ascii_case(word));
    word || value.trim().parse::<i64>().is_ok_and(|number| number != 0)
}

fn finding(context: &Context<'_>, setting: &PhpSetting) -> Option<Diagnostic> {
    let span = setting.span?;
    let message = "PHP shows its errors to the visitor: a page that dies of one answers 200, and neither nginx, a cache nor a \
                   monitor sees that it failed";
    let edit = setting.value_span.map(|value| {
        let quoted = context.sources.text(value).starts_with(['"', '\'']);
        Edit::replace(value, if quoted { "\"0\"" } else { "Off" })
    });
    let found = Diagnostic::new(span, message, "shown, with paths and arguments")
        .note("with `Off` PHP answers 500, and the error is in the log: PHP Fatal error:  Uncaught Error: …")
        .help("write `display_errors = Off`");
    Some(found.fix(edit.map(|edit| Fix::risky("answer 500 instead", vec![edit]))))
}
