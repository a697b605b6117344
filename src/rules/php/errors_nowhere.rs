//! `php/errors-nowhere`: errors are neither shown nor logged.

use super::in_force;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::php::PhpSetting;
use crate::value::php_bool;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/errors-nowhere",
    severity: Severity::Warning,
    summary: "PHP neither shows nor logs its errors: an empty page with status 500 and nothing to tell why",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/php/errors-nowhere.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let shown = in_force(context, "display_errors", "1");
    let hidden =
        |setting: &PhpSetting| setting.span.is_some() && !super::display_errors::shows(&setting.value);
    // Where a pool or a file shows them, it is known what happens.
    if shown.is_empty() || !shown.iter().all(hidden) {
        return;
    }
    for setting in in_force(context, "log_errors", "1").iter().filter(|setting| !php_bool(&setting.value)) {
        sink.report_some(finding(context, setting, &shown));
    }
}

fn finding(context: &Context<'_>, setting: &PhpSetting, shown: &[PhpSetting]) -> Option<Diagnostic> {
    let message = "PHP neither logs nor shows its errors: a page that dies of one is empty, with status 500, and no log says why";
    let edit = setting.value_span.map(|value| {
        let quoted = context.sources.text(value).starts_with(['"', '\'']);
        Edit::replace(value, if quoted { "\"1\"" } else { "On" })
    });
    let mut found = Diagnostic::new(setting.span?, message, "not logged");
    if let Some(span) = shown.first().and_then(|setting| setting.span) {
        found = found.label(span, "not shown");
    }
    let found = found.note("nothing is logged").help("write `log_errors = On`");
    Some(found.fix(edit.map(|edit| Fix::safe("log errors", vec![edit]))))
}
