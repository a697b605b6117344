//! `fpm/duplicate-entry`: a pool says the same thing twice, and the last one wins.

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
    summary: "a setting of a pool stands twice in one file with different values; the last one counts",
    fixable: Fixable::No,
    card: include_str!("../../../rules/fpm/duplicate-entry.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in &context.stack.fpm {
        for (section, _) in sections(fpm) {
            // A later file that says it anew is how images and packages are adapted.
            let mut before: HashMap<(FileId, String, Option<&str>), &Entry> = HashMap::new();
            for entry in section.entries.iter().filter(|entry| counts_once(entry)) {
                let key = (entry.at.file, entry.key.to_ascii_lowercase(), entry.sub.as_deref());
                let Some(first) = before.insert(key, entry) else { continue };
                if first.at != entry.at && first.value != entry.value {
                    sink.report(finding(context, &section.name, first, entry));
                }
            }
        }
    }
}

/// Whether only the last one of its name counts.
fn counts_once(entry: &Entry) -> bool {
    let repeats = entry.key == "include" || entry.sub.as_deref() == Some("");
    !repeats && !entry.broken && entry.value_span.is_some() && !entry.key.starts_with('#')
}

fn finding(context: &Context<'_>, section: &str, first: &Entry, last: &Entry) -> Diagnostic {
    let name = context.files.node(first.at).name();
    let message = format!(
        "[{section}] sets `{name}` twice: PHP-FPM takes `{}`, and `{}` is lost",
        last.value, first.value
    );
    Diagnostic::new(first.span, message, "overridden below")
        .label(last.span, "this one counts")
        .note("`php-fpm -t` says that the test is successful")
        .help("take one of the two lines out")
}
