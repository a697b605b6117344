//! `php/extension-twice`: an extension is loaded a second time.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::php::{IniEntry, Php};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/extension-twice",
    severity: Severity::Warning,
    summary: "an extension that is loaded already is to be loaded again",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/php/extension-twice.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for php in context.stack.php.iter().filter(|php| php.whole) {
        let mut loaded: HashMap<&str, &IniEntry> = HashMap::new();
        for entry in php.entries.iter().filter(|entry| is_load(entry)) {
            let Some(module) = module(&entry.value) else { continue };
            let Some(first) = loaded.get(module) else {
                loaded.insert(module, entry);
                continue;
            };
            if first.at != entry.at && seen.insert((first.at, entry.at)) {
                sink.report(finding(context, php, module, (first, entry)));
            }
        }
    }
}

fn is_load(entry: &IniEntry) -> bool {
    matches!(entry.key.as_str(), "extension" | "zend_extension") && !entry.broken
}

/// `mysqli` of `mysqli`, `mysqli.so` and `/usr/lib/php/20220829/mysqli.so`.
fn module(value: &str) -> Option<&str> {
    let name = value.rsplit('/').next()?;
    let name = name.strip_suffix(".so").unwrap_or(name);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}

/// conf.d is kept by the packages: of two lines the one in php.ini goes.
fn finding(
    context: &Context<'_>,
    php: &Php,
    module: &str,
    (first, second): (&IniEntry, &IniEntry),
) -> Diagnostic {
    let own = first.at.file == php.file && second.at.file != php.file;
    let (needless, other) = if own { (first, second) } else { (second, first) };
    let message =
        format!("PHP is to load `{module}` twice: it complains whenever it starts, and loads it once");
    let log = match second.key.as_str() {
        "zend_extension" => "PHP writes: Cannot load … - it was already loaded".to_owned(),
        _ => format!("PHP logs: PHP Warning:  Module \"{module}\" is already loaded in Unknown on line 0"),
    };
    let edit = edits::remove_node(context.files.node(needless.at));
    Diagnostic::new(needless.span, message, "one time too many")
        .label(other.span, "loaded by this")
        .note(log)
        .help("take this line out")
        .fix(Fix::safe(format!("load `{module}` once"), vec![edit]))
}
