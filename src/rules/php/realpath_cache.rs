//! `php/realpath-cache`: a cache that is given a size and is switched off by another setting.

use super::of_servers;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::php::{Php, effective};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/realpath-cache",
    severity: Severity::Hint,
    summary: "the cache of paths has a size, and open_basedir in php.ini switches it off",
    fixable: Fixable::No,
    card: include_str!("../../../rules/php/realpath-cache.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for php in of_servers(context) {
        sink.report_once(finding(php));
    }
}

fn finding(php: &Php) -> Option<Diagnostic> {
    let set = |key: &str| effective(Some(php), None, key, "");
    let (size, jail) = (set("realpath_cache_size"), set("open_basedir"));
    if jail.value.is_empty() || jail.value.contains("${") || size.bytes().value <= 0 {
        return None;
    }
    let message = format!(
        "the cache of paths has {} here and holds nothing: open_basedir in php.ini switches it off, and every include asks the disk",
        size.value
    );
    let found = Diagnostic::new(size.span?, message, "counts for nothing")
        .label(jail.span?, "switches it off")
        .note("nothing is logged; realpath_cache_size() says 0")
        .help("take this line out, or the open_basedir if the files lie on a slow disk");
    Some(found)
}
