//! `php/function-disabled`: a function that applications call at every request is taken away.

use super::{Place, Set, settings};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::vocabulary::PHP_EVERYDAY;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/function-disabled",
    severity: Severity::Hint,
    summary: "disable_functions takes away a function that applications call at every request",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/php/function-disabled.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for set in settings(context) {
        let old = set.version.is_some_and(|version| version.major < 8);
        let read = matches!(set.place, Place::Ini | Place::Pool);
        if set.key == "disable_functions" && read && !old && !is_of_command_line(context, &set) {
            sink.report_once(finding(context, &set));
        }
    }
}

fn is_of_command_line(context: &Context<'_>, set: &Set) -> bool {
    let path = &context.files.file(context.sources.file_id(set.span)).path;
    path.components().any(|part| part.as_os_str() == "cli")
}

fn finding(context: &Context<'_>, set: &Set) -> Option<Diagnostic> {
    let names: Vec<&str> = set.value.split([',', ' ']).filter(|name| !name.is_empty()).collect();
    let (missed, kept): (Vec<&str>, Vec<&str>) =
        names.into_iter().partition(|name| PHP_EVERYDAY.iter().any(|own| own.eq_ignore_ascii_case(name)));
    let first = missed.first()?;
    let list = missed.iter().map(|name| format!("{name}()")).collect::<Vec<_>>().join(", ");
    let message = format!(
        "PHP does not have {list} here, and most applications call it: such a page dies and answers 500"
    );
    let kept = kept.join(",");
    let edit = set.replaced(context, &kept).filter(|_| !kept.is_empty());
    let found = Diagnostic::new(set.line, message, "taken away")
        .note(format!("PHP logs: PHP Fatal error:  Uncaught Error: Call to undefined function {first}()"))
        .help(format!("take {} out of the list", missed.join(", ")))
        .fix(edit.map(|edit| Fix::risky(format!("let scripts call {list}"), vec![edit])));
    Some(found)
}
