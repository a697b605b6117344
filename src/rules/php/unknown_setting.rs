//! `php/unknown-setting`: a setting PHP does not know, whose name is close to one it does.

use std::collections::HashSet;

use super::{Place, Set, settings};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::{FileId, Span};
use crate::spelling::closest;
use crate::vocabulary::{PhpWord, php_span, php_spans, php_word, php_words};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/unknown-setting",
    severity: Severity::Warning,
    summary: "a misspelt setting of php.ini, which PHP ignores without a word",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/php/unknown-setting.md"),
    check,
};

/// What php.ini holds beside settings.
const KEYWORDS: &[&str] = &["extension", "zend_extension", "zend_extension_ts", "zend_extension_debug"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let sets = settings(context);
    let names: HashSet<&str> = sets.iter().map(|set| set.key.as_str()).collect();
    let beside: HashSet<(FileId, &str)> =
        sets.iter().map(|set| (context.sources.file_id(set.line), set.key.as_str())).collect();
    // An .ini file without a single setting of PHP is of another program.
    let settled = sets.iter().filter(|set| php_word(&set.key).is_some());
    let files: HashSet<FileId> = settled.map(|set| context.sources.file_id(set.line)).collect();
    for set in sets.iter().filter(|set| !is_known(&set.key)) {
        if let Some(name) = meant(&set.key) {
            // What another file says is what this one is to change.
            let fixable = !beside.contains(&(context.sources.file_id(set.line), name));
            let fix = if fixable { renamed(context, set, name) } else { None };
            sink.report(misspelt(context, set, name, names.contains(name)).fix(fix));
        } else if could_be_of_php(set) && files.contains(&context.sources.file_id(set.line)) {
            sink.report_as(Severity::Hint, unknown(set));
        }
    }
}

fn is_known(name: &str) -> bool {
    php_word(name).is_some() || php_span(name).is_some() || KEYWORDS.contains(&name)
}

/// Whether the name could be one of PHP itself: it names no extension, and no template has made it.
fn could_be_of_php(set: &Set) -> bool {
    let plain = set.key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    plain && !set.key.is_empty() && matches!(set.place, Place::Ini | Place::UserIni)
}

/// The setting that was meant: the same in another case, or the one close name of the same extension.
fn meant(name: &str) -> Option<&'static str> {
    let mut same = php_words().iter().filter(|word| word.name.eq_ignore_ascii_case(name));
    if let Some(PhpWord { name, .. }) = same.next() {
        return Some(name);
    }
    let extension = |name: &str| name.split_once('.').map(|(extension, _)| extension.to_ascii_lowercase());
    let own = extension(name);
    let known = php_words().iter().map(|word| word.name).chain(php_spans().iter().map(|span| span.name));
    // A number at the end is what somebody has added.
    let numbered = name.ends_with(|c: char| c.is_ascii_digit());
    closest(name, known.filter(|known| extension(known) == own && !(numbered && name.starts_with(known))))
}

fn misspelt(context: &Context<'_>, set: &Set, name: &'static str, there: bool) -> Diagnostic {
    let key = &set.key;
    let case = key.eq_ignore_ascii_case(name);
    let what = if case { "in this case" } else { "of this name" };
    let holds = match php_word(name) {
        Some(word) if !there && !word.default.is_empty() => {
            format!("`{name}` stays {} (default)", word.default)
        }
        Some(_) if !there => format!("`{name}` keeps its default"),
        _ => "the line has no effect".to_owned(),
    };
    let message = format!("PHP knows no setting `{key}`, and ignores it: {holds}");
    let mut found = Diagnostic::new(set.line, message, format!("there is no setting {what}"));
    if set.place == Place::Pool {
        let admin = context.sources.text(set.line).trim_start().to_ascii_lowercase().starts_with("php_admin");
        let list = if admin { "php_admin_value" } else { "php_value" };
        found = found.note(format!(
            "with `catch_workers_output = yes`, and only then, FPM logs: ERROR: Unable to set {list} '{key}'"
        ));
    }
    found.help(format!("did you mean `{name}`?"))
}

fn renamed(context: &Context<'_>, set: &Set, name: &str) -> Option<Fix> {
    named(context, set).map(|span| Fix::risky(format!("write {name}"), vec![Edit::replace(span, name)]))
}

/// Where the name stands, once, in its line.
fn named(context: &Context<'_>, set: &Set) -> Option<Span> {
    let text = context.sources.text(set.line);
    let mut found = text.match_indices(set.key.as_str());
    let (at, _) = found.next().filter(|_| set.place != Place::Param)?;
    let lo = set.line.lo + u32::try_from(at).ok()?;
    Some(Span::new(lo, lo + u32::try_from(set.key.len()).ok()?))
}

fn unknown(set: &Set) -> Diagnostic {
    let message = format!("PHP itself knows no setting `{}`, and ignores it", set.key);
    Diagnostic::new(set.line, message, "no setting of PHP or its own extensions")
        .help("settings of extensions have a dot in their name; scripts read others with `get_cfg_var()`")
}
