//! `php/sessions-kept`: nobody deletes the old sessions of a pool.

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::{Fpm, Pool};
use crate::stack::php::effective;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/sessions-kept",
    severity: Severity::Hint,
    summary: "a pool keeps its sessions where Debian does not delete the old ones",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/php/sessions-kept.md"),
    check,
};

/// How often PHP deletes old sessions by itself: so many requests of `session.gc_divisor`.
const CHANCE: &str = "session.gc_probability";

/// Where Debian's packages keep sessions.
const DEFAULT: &str = "/var/lib/php/sessions";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (fpm, pool) in context.stack.pools() {
        sink.report_once(finding(context, fpm, pool));
    }
}

fn finding(context: &Context<'_>, fpm: &Fpm, pool: &Pool) -> Option<Diagnostic> {
    let php = context.stack.php_of(fpm)?;
    let debian = context.files.file(php.file).path.to_string_lossy().contains("/etc/php/");
    let of_pool = |key: &str, default: &str| effective(Some(php), Some(pool), key, default);
    let chance = of_pool(CHANCE, "1");
    let never = chance.span.is_some() && chance.value.trim() == "0";
    if !debian || !never || of_pool("session.save_handler", "files").value != "files" {
        return None;
    }
    let path = of_pool("session.save_path", DEFAULT);
    let watched = effective(Some(php), None, "session.save_path", DEFAULT);
    let place = pool.php_entries().rfind(|entry| Some(entry.span) == path.span)?;
    let known = directory(&path.value).starts_with('/') && !path.value.contains(['$', '{', '<', '@', '%']);
    if !known || directory(&path.value) == directory(&watched.value) {
        return None;
    }
    let message = format!(
        "nobody deletes the old sessions of pool [{}]: PHP does not ({CHANCE} is 0), and Debian's cron job looks into \
         {} alone, until the disk is full",
        pool.name,
        directory(&watched.value)
    );
    let node = context.files.node(place.at);
    let line = edits::key_like(node, &format!("php_admin_value[{CHANCE}]"), "1");
    let found = Diagnostic::new(place.span, message, "kept here for ever")
        .label(chance.span?, "never deleted by PHP")
        .note("in the end PHP logs: PHP Warning:  session_start(): … failed: No space left on device (28)")
        .help(format!("write `{line}` in the pool"))
        .fix(Fix::risky("let PHP delete them", vec![edits::insert_line_after(node, &line)]));
    Some(found)
}

/// The directory of `2;0600;/var/lib/sessions`.
fn directory(path: &str) -> &str {
    path.rsplit(';').next().unwrap_or(path).trim_end_matches('/')
}
