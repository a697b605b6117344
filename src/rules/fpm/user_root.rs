//! `fpm/user-root`: a pool is to run scripts as root, which FPM does not do.

use super::outage;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::{Entry, Fpm, Pool};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/user-root",
    severity: Severity::Error,
    summary: "a pool is to run scripts as root, with which PHP-FPM does not start",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/fpm/user-root.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in context.stack.fpm.iter().filter(|fpm| fpm.whole && !in_container(context, fpm)) {
        for pool in &fpm.pools {
            if let Some(entry) = pool.get("user").filter(|entry| is_root(entry)) {
                sink.report(finding(context, fpm, pool, entry));
            }
        }
    }
}

/// Images start FPM with `-R` where they want that; services of distributions do not.
fn in_container(context: &Context<'_>, fpm: &Fpm) -> bool {
    let path = &context.files.file(fpm.file).path;
    let inside = path.strip_prefix(&context.files.root).unwrap_or(path);
    let local = path.components().any(|part| part.as_os_str() == "local");
    local || !["etc/php", "etc/php-fpm.conf", "etc/opt/remi"].iter().any(|place| inside.starts_with(place))
}

fn is_root(entry: &Entry) -> bool {
    matches!(entry.read(), "root" | "0")
}

fn finding(context: &Context<'_>, fpm: &Fpm, pool: &Pool, entry: &Entry) -> Diagnostic {
    let message = format!("PHP-FPM runs no scripts as root: {}", outage(context, fpm));
    let found = Diagnostic::new(entry.span, message, "root").note(format!(
        "FPM logs: ERROR: [pool {}] please specify user and group other than root; `php-fpm -t` does not see it",
        pool.name
    ));
    let callers = context.stack.callers(context.files, pool);
    let who = callers.into_iter().filter_map(|caller| caller.identity).find(|who| who.user != "root");
    let Some(who) = who else { return found.help("write `user = www-data`, or a user of its own") };
    let mut edits = vec![edits::restate(context.files.node(entry.at), &who.user)];
    let group = pool.get("group").filter(|group| is_root(group));
    edits.extend(group.map(|group| edits::restate(context.files.node(group.at), &who.group)));
    let fix = Fix::risky(format!("run scripts as {}", who.user), edits);
    found.help(format!("write `user = {}`, or a user of its own", who.user)).fix(fix)
}
