//! `fpm/user-missing`: FPM starts as root, and a pool does not say who to run scripts as.

use super::outage;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::access::Identity;
use crate::stack::fpm::{Fpm, Pool};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/user-missing",
    severity: Severity::Error,
    summary: "a pool without user, with which PHP-FPM does not start as root",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/fpm/user-missing.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in context.stack.fpm.iter().filter(|fpm| fpm.whole) {
        for pool in fpm.pools.iter().filter(|pool| pool.get("user").is_none()) {
            if let Some(evidence) = starts_as_root(context, fpm) {
                sink.report(finding(context, fpm, pool, &evidence));
            }
        }
    }
}

/// Why FPM is taken to start as root.
enum Evidence {
    /// It lies where the distributions have it, and their services start it so.
    Place,
    /// A pool says what only root can do.
    Setting(Span),
}

fn starts_as_root(context: &Context<'_>, fpm: &Fpm) -> Option<Evidence> {
    let path = &context.files.file(fpm.file).path;
    let inside = path.strip_prefix(&context.files.root).unwrap_or(path);
    // Not `etc/php83`: that is Alpine, of which images are made that start as nobody.
    if ["etc/php", "etc/php-fpm.conf", "etc/opt/remi"].iter().any(|place| inside.starts_with(place)) {
        return Some(Evidence::Place);
    }
    let keys = ["user", "chroot", "listen.owner", "listen.group"];
    let said = fpm.pools.iter().find_map(|pool| keys.iter().find_map(|key| pool.said(key)))?;
    Some(Evidence::Setting(said.span))
}

fn finding(context: &Context<'_>, fpm: &Fpm, pool: &Pool, evidence: &Evidence) -> Diagnostic {
    let message = format!(
        "pool [{}] does not say as which user to run scripts, and FPM does not run them as root: {}",
        pool.name,
        outage(context, fpm)
    );
    let mut diagnostic = Diagnostic::new(pool.name_span, message, "no `user` in this pool")
        .note(format!("FPM logs: ALERT: [pool {}] user has not been defined", pool.name));
    if let Evidence::Setting(span) = *evidence {
        diagnostic = diagnostic.label(span, "this takes an FPM that starts as root");
    }
    match caller(context, pool) {
        Some(who) => {
            let help = format!("write `user = {}`, or a user of its own", who.user);
            diagnostic.help(help).fix(fix(context, pool, &who))
        }
        None => diagnostic.help("write `user = www-data`, or a user of its own"),
    }
}

/// `user`, and `group` where the pool has none, at the top of the pool.
fn fix(context: &Context<'_>, pool: &Pool, who: &Identity) -> Option<Fix> {
    let like = context.files.node(pool.entries.first()?.at);
    let mut lines = edits::key_like(like, "user", &who.user);
    if pool.get("group").is_none() {
        lines += context.sources.file_of(pool.name_span).line_break();
        lines += &edits::key_like(like, "group", &who.group);
    }
    let edit = edits::insert_first_in_block(context.files.node(pool.at), &lines)?;
    Some(Fix::risky(format!("run scripts as {}", who.user), vec![edit]))
}

/// The one user the gateways of the pool run as: on a machine with one site, scripts run as that.
fn caller(context: &Context<'_>, pool: &Pool) -> Option<Identity> {
    let callers = context.stack.callers(context.files, pool);
    let mut known = callers.into_iter().filter_map(|caller| caller.identity);
    let first = known.next().filter(|who| who.user != "root")?;
    known.all(|who| who.user == first.user).then_some(first)
}
