//! `php/overridden`: a limit that was raised in php.ini is set again where PHP reads it later.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::php::{IniEntry, Php, Sapi};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/overridden",
    severity: Severity::Warning,
    summary: "a setting of php.ini is set again further down or in conf.d, where it counts",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/php/overridden.md"),
    check,
};

/// Limits people raise, and what the untouched php.ini says of them.
const LIMITS: [(&str, &str); 5] = [
    ("memory_limit", "128M"),
    ("post_max_size", "8M"),
    ("upload_max_filesize", "2M"),
    ("max_execution_time", "30"),
    ("max_input_vars", "1000"),
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for php in context.stack.php.iter().filter(|php| php.whole && php.sapi != Sapi::Cli) {
        let mut next: HashMap<&str, &IniEntry> = HashMap::new();
        for entry in php.entries.iter().rev() {
            let later = next.insert(&entry.key, entry);
            let Some(later) = later.filter(|later| is_lost(entry, later)) else { continue };
            if seen.insert((entry.at, later.at)) {
                sink.report(finding(context, php, entry, later));
            }
        }
    }
}

/// Whether a value is lost that somebody wrote to be in force: in the same file any, across files one that was
/// raised. That conf.d changes what php.ini came with is what conf.d is for.
fn is_lost(entry: &IniEntry, later: &IniEntry) -> bool {
    let repeats = matches!(entry.key.as_str(), "extension" | "zend_extension") || entry.key.contains('[');
    let whole = !entry.broken && !later.broken && entry.value_span.is_some() && later.value_span.is_some();
    let raised = LIMITS.iter().any(|(key, default)| entry.key == *key && entry.value != *default);
    let lost = entry.at.file == later.at.file || raised;
    entry.at != later.at && whole && !repeats && lost && entry.value != later.value
}

fn finding(context: &Context<'_>, php: &Php, entry: &IniEntry, later: &IniEntry) -> Diagnostic {
    let IniEntry { key, value, .. } = entry;
    let place = if later.at.file == entry.at.file {
        "further down".to_owned()
    } else {
        let path = &context.files.file(later.at.file).path;
        format!("in {}", context.files.on_machine(path).display())
    };
    let message = format!(
        "`{key} = {value}` has no effect: PHP reads `{key} = {}` {place} after it, and that counts",
        later.value
    );
    let edit = edits::remove_node(context.files.node(entry.at));
    let found = Diagnostic::new(entry.span, message, "overridden")
        .label(later.span, "this one counts")
        .note("PHP logs nothing; `phpinfo()` shows the value in force")
        .help(format!("write `{key} = {value}` there, or take this line out"));
    // Which of the two values is meant nobody can tell; the dead one only goes where both are in one file.
    let same = entry.at.file == later.at.file && later.at.file == php.file;
    found.fix(same.then(|| Fix::safe("take out the line without effect", vec![edit])))
}
