//! `fpm/invalid-value`: a value FPM refuses, be it no number, no time or no switch.

use super::{is_computed, log_place, meant_seconds, outage, sections, settings, time_text};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::{Entry, Fpm};
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
        let typed = settings(fpm).filter_map(|(entry, _, takes)| refusal(context, entry, takes));
        let arrays = sections(fpm).flat_map(|(section, _)| &section.entries);
        let arrays = arrays.filter_map(|entry| array_refusal(context, entry));
        for refusal in typed.chain(arrays) {
            sink.report(refusal.say(context, fpm));
        }
    }
}

/// A value FPM does not take.
struct Refusal<'a> {
    entry: &'a Entry,
    /// What the setting takes.
    wanted: &'static str,
    /// What FPM says.
    complaint: String,
    /// What was meant, where that is beyond doubt.
    meant: Option<String>,
}

impl Refusal<'_> {
    fn say(self, context: &Context<'_>, fpm: &Fpm) -> Diagnostic {
        let name = context.files.node(self.entry.at).name();
        let message = format!("{name} takes {}: {}", self.wanted, outage(context, fpm));
        let label = format!("`{}` is none", self.entry.value);
        let place = log_place(context, self.entry.span);
        let mut diagnostic = Diagnostic::new(self.entry.span, message, label)
            .note(format!("FPM logs: ERROR: {place} {}", self.complaint));
        if let Some(meant) = self.meant {
            let edit = edits::restate(context.files.node(self.entry.at), &meant);
            let fix = Fix::safe(format!("write {meant}"), vec![edit]);
            diagnostic = diagnostic.help(format!("write `{name} = {meant}`")).fix(fix);
        }
        diagnostic
    }
}

/// Why FPM refuses the value of a setting; `None` when it takes it. A line without `=`, and a `#` in
/// the value, are the matter of other rules.
fn refusal<'a>(context: &Context<'_>, entry: &'a Entry, takes: FpmType) -> Option<Refusal<'a>> {
    if entry.value_span.is_none() || is_computed(entry) || entry.value.contains(" #") {
        return None;
    }
    let text = entry.value.as_str();
    let is_integer = value::fpm_integer(text).is_ok();
    let integer = "is not a valid number (greater or equal than zero)";
    let (wanted, complaint) = match takes {
        FpmType::Integer if !is_integer => ("a whole number", integer),
        FpmType::IntegerOrUnlimited if text != "unlimited" && !is_integer => {
            ("a whole number or `unlimited`", integer)
        }
        FpmType::Time if text.is_empty() => (TIME, "invalid time value"),
        FpmType::Time if value::fpm_time(text).is_err() => (TIME, "unknown suffix used in time value"),
        FpmType::Flag if !is_flag(context, entry) => (FLAG, "invalid boolean value"),
        _ => return None,
    };
    let complaint =
        format!("unable to parse value for entry '{}': {complaint}", entry.key.to_ascii_lowercase());
    Some(Refusal { entry, wanted, complaint, meant: meant(entry, takes) })
}

const TIME: &str = "a whole number with `s`, `m`, `h` or `d`";
const FLAG: &str = "`yes` or `no`";

/// The same for what has brackets.
fn array_refusal<'a>(context: &Context<'_>, entry: &'a Entry) -> Option<Refusal<'a>> {
    let sub = entry.sub.as_deref().filter(|_| !is_computed(entry) && !entry.value.contains(" #"))?;
    match entry.key.as_str() {
        "php_flag" | "php_admin_flag" if !is_flag(context, entry) => {
            let complaint = format!("error while parsing '{}[{sub}]' : invalid boolean value", entry.key);
            Some(Refusal { entry, wanted: FLAG, complaint, meant: meant(entry, FpmType::Flag) })
        }
        "env" if entry.value.is_empty() => {
            let complaint = "empty value".to_owned();
            Some(Refusal { entry, wanted: "a text that is not empty", complaint, meant: None })
        }
        _ => None,
    }
}

fn is_flag(context: &Context<'_>, entry: &Entry) -> bool {
    value::fpm_bool(&entry.value, is_quoted(context, entry)).is_ok()
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
