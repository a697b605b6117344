//! `php/file-cache`: `OPcache` is to keep scripts in files and has no directory for them.

use super::{has_opcache, of_servers};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::timeout::quoted_like;
use crate::stack::php::{Php, effective};
use crate::value::php_bool;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/file-cache",
    severity: Severity::Error,
    summary: "OPcache is to keep scripts in files alone and has no directory for them, with which PHP does not start",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/php/file-cache.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for php in of_servers(context).filter(|php| has_opcache(php)) {
        if let Some((severity, found)) = finding(context, php) {
            sink.report_once_as(severity, found);
        }
    }
}

fn finding(context: &Context<'_>, php: &Php) -> Option<(Severity, Diagnostic)> {
    let directory = effective(Some(php), None, "opcache.file_cache", "");
    let only = effective(Some(php), None, "opcache.file_cache_only", "0");
    let path = directory.value.as_str();
    if path.starts_with('/') || path.contains(['$', '{', '<', '@', '%']) {
        return None;
    }
    if !php_bool(&only.value) {
        let span = directory.span.filter(|_| !path.is_empty())?;
        let message = format!("PHP takes no path but a whole one here: nothing is kept in `{path}`");
        let found = Diagnostic::new(span, message, "does not begin with a /")
            .note("nothing is logged below opcache.log_verbosity_level = 2")
            .help("write the path from / on, of a directory that the user of the pool may write to");
        return Some((Severity::Hint, found));
    }
    let why = if path.is_empty() {
        "no directory is named"
    } else {
        "the path of the directory is not a whole one"
    };
    let message = format!(
        "OPcache is to keep scripts in files alone, and {why}: PHP does not start, and every request answers 502"
    );
    // A path that is named is the one that is meant, but for its beginning.
    let place = only.value_span.filter(|_| path.is_empty());
    let edit = place.map(|span| Edit::replace(span, quoted_like(context, span, "0")));
    let mut found = Diagnostic::new(only.span?, message, "in files, and nowhere else")
        .note("PHP writes: Fatal Error opcache.file_cache_only is set without a proper setting of opcache.file_cache")
        .help("write `opcache.file_cache_only = 0`, or name a directory in opcache.file_cache, with a / before it")
        .fix(edit.map(|edit| Fix::risky("keep scripts in memory", vec![edit])));
    if let Some(span) = directory.span {
        found = found.label(span, "no path from / on");
    }
    Some((Severity::Error, found))
}
