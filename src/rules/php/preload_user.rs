//! `php/preload-user`: `opcache.preload` without the user to do it, with which PHP-FPM does not start.

use std::collections::BTreeSet;

use super::has_opcache;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::Fpm;
use crate::stack::php::{Php, effective};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/preload-user",
    severity: Severity::Error,
    summary: "opcache.preload without opcache.preload_user, with which PHP-FPM does not start as root",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/php/preload-user.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in &context.stack.fpm {
        if let Some(php) = context.stack.php_of(fpm) {
            sink.report_some(finding(context, fpm, php));
        }
    }
}

/// A pool that says whose it is belongs to an FPM that root starts.
fn finding(context: &Context<'_>, fpm: &Fpm, php: &Php) -> Option<Diagnostic> {
    let set = |key: &str| effective(Some(php), None, key, "");
    let preload = set("opcache.preload");
    let user = set("opcache.preload_user");
    if preload.value.is_empty() || !user.value.is_empty() || !has_opcache(php) {
        return None;
    }
    let users: BTreeSet<&str> =
        fpm.pools.iter().filter_map(|pool| Some(pool.said("user")?.value.as_str())).collect();
    let first = users.first()?;
    let span = preload.span?;
    let message = "PHP is to preload scripts and is not told as which user: PHP-FPM does not start as root, and every request \
                   answers 502";
    let line = php.entries.iter().find(|entry| entry.span == span)?;
    let node = context.files.node(line.at);
    let text = edits::key_like(node, "opcache.preload_user", first);
    let help = format!("write `opcache.preload_user = {first}` as well");
    let fix = (users.len() == 1)
        .then(|| Fix::safe(format!("preload as {first}"), vec![edits::insert_line_after(node, &text)]));
    Some(
        Diagnostic::new(span, message, "preloaded at the start, which is done by root")
            .note("FPM writes: Fatal Error \"opcache.preload_user\" has not been defined")
            .help(help)
            .fix(fix),
    )
}
