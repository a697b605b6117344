//! `fpm/duplicate-entry`: a pool says the same thing twice, and one of the two is lost.

use std::collections::HashMap;

use super::sections;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::FileId;
use crate::stack::fpm::Entry;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/duplicate-entry",
    severity: Severity::Warning,
    summary: "a setting of a pool stands twice with different values, and one of them is lost",
    fixable: Fixable::No,
    card: include_str!("../../../rules/fpm/duplicate-entry.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in &context.stack.fpm {
        for (section, _) in sections(fpm) {
            let mut before: HashMap<(Option<FileId>, String, Option<&str>), &Entry> = HashMap::new();
            for entry in section.entries.iter().filter(|entry| counts_once(entry)) {
                // A later file that says it anew is how images and packages are adapted. What has brackets is not
                // adapted that way: there the first one counts.
                let file = entry.sub.is_none().then_some(entry.at.file);
                let key = (file, entry.key.to_ascii_lowercase(), entry.sub.as_deref());
                let Some(first) = before.insert(key.clone(), entry) else { continue };
                if first.at != entry.at && first.value != entry.value {
                    sink.report(finding(context, &section.name, first, entry));
                }
                if entry.sub.is_some() {
                    before.insert(key, first);
                }
            }
        }
    }
}

/// Whether only one of its name counts.
fn counts_once(entry: &Entry) -> bool {
    let repeats = entry.key == "include" || entry.sub.as_deref() == Some("");
    !repeats && !entry.broken && entry.value_span.is_some() && !entry.key.starts_with('#')
}

fn finding(context: &Context<'_>, section: &str, first: &Entry, second: &Entry) -> Diagnostic {
    let name = context.files.node(first.at).name();
    let (taken, lost, why) = if second.sub.is_some() {
        (first, second, "the first one counts already")
    } else {
        (second, first, "overridden below")
    };
    let message = format!(
        "[{section}] sets `{name}` twice: PHP-FPM takes `{}`, and `{}` is lost",
        taken.value, lost.value
    );
    let help = if taken.at.file == lost.at.file {
        "take one of the two lines out"
    } else {
        "change the line that counts, and take this one out"
    };
    Diagnostic::new(lost.span, message, why)
        .label(taken.span, "this one counts")
        .note("`php-fpm -t` says that the test is successful")
        .help(help)
}
