//! `fpm/invalid-value`: a value FPM refuses, be it no number, no time or no switch.

use super::{is_computed, log_place, meant_seconds, outage, settings, time_text};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::Entry;
use crate::tree::Quote;
use crate::value;
use crate::vocabulary::FpmType;

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
    for fpm in &context.stack.fpm {
        for (entry, name, takes) in settings(fpm) {
            // A line without `=`, and a `#` in the value, are the matter of other rules.
            if entry.value_span.is_none() || is_computed(entry) || entry.value.contains(" #") {
                continue;
            }
            let Some((wanted, complaint)) = refusal(context, entry, takes) else { continue };
            let message = format!("{name} takes {wanted}: {}", outage(context, fpm));
            let place = log_place(context, entry.span);
            let value = format!("`{}` is none", entry.value);
            let mut diagnostic = Diagnostic::new(entry.span, message, value).note(format!(
                "FPM logs: ERROR: {place} unable to parse value for entry '{name}': {complaint}"
            ));
            if let Some(meant) = meant(entry, takes) {
                let edit = edits::restate(context.files.node(entry.at), &meant);
                let fix = Fix::safe(format!("write {meant}"), vec![edit]);
                diagnostic = diagnostic.help(format!("write `{name} = {meant}`")).fix(fix);
            }
            sink.report(diagnostic);
        }
    }
}

/// What the setting takes, and what FPM says to a value that is none; `None` when it takes the value.
fn refusal(context: &Context<'_>, entry: &Entry, takes: FpmType) -> Option<(String, &'static str)> {
    let text = entry.value.as_str();
    let integer = "is not a valid number (greater or equal than zero)";
    match takes {
        FpmType::Integer if value::fpm_integer(text).is_err() => Some(("a whole number".to_owned(), integer)),
        FpmType::IntegerOrUnlimited if text != "unlimited" && value::fpm_integer(text).is_err() => {
            Some(("a whole number or `unlimited`".to_owned(), integer))
        }
        FpmType::Time if value::fpm_time(text).is_err() => {
            let complaint =
                if text.is_empty() { "invalid time value" } else { "unknown suffix used in time value" };
            Some(("a whole number with `s`, `m`, `h` or `d`".to_owned(), complaint))
        }
        FpmType::Flag if value::fpm_bool(text, is_quoted(context, entry)).is_err() => {
            Some(("`yes` or `no`".to_owned(), "invalid boolean value"))
        }
        _ => None,
    }
}

fn is_quoted(context: &Context<'_>, entry: &Entry) -> bool {
    let words = context.files.node(entry.at).words();
    words.first().is_some_and(|word| word.quote != Quote::None)
}

/// What was meant, where that is beyond doubt.
fn meant(entry: &Entry, takes: FpmType) -> Option<String> {
    match takes {
        FpmType::Time => time_text(meant_seconds(&entry.value)?),
        FpmType::Flag => {
            let words = ["yes", "true", "on", "no", "false", "off"];
            words.into_iter().find(|word| entry.value.trim().eq_ignore_ascii_case(word)).map(str::to_owned)
        }
        _ => None,
    }
}
