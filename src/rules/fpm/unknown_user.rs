//! `fpm/unknown-user`: a pool names a user or a group that the machine does not have.

use super::{is_computed, outage};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::spelling::closest;
use crate::stack::fpm::{Entry, Fpm, Pool};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/unknown-user",
    severity: Severity::Error,
    summary: "a pool names a user or a group that the machine does not have, with which PHP-FPM does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/fpm/unknown-user.md"),
    check,
};

/// The settings that name users or groups, and whether it is groups.
const SETTINGS: [(&str, bool); 6] = [
    ("user", false),
    ("group", true),
    ("listen.owner", false),
    ("listen.group", true),
    ("listen.acl_users", false),
    ("listen.acl_groups", true),
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    if context.files.users.names().next().is_none() {
        return;
    }
    for fpm in &context.stack.fpm {
        for pool in &fpm.pools {
            for (key, groups) in SETTINGS {
                let entry = pool.said(key).filter(|entry| !is_computed(entry));
                sink.report_once(entry.and_then(|entry| finding(context, fpm, pool, entry, groups)));
            }
        }
    }
}

fn finding(context: &Context<'_>, fpm: &Fpm, pool: &Pool, entry: &Entry, groups: bool) -> Option<Diagnostic> {
    let users = &context.files.users;
    let known: Vec<&str> = if groups { users.groups().collect() } else { users.names().collect() };
    // FPM takes numbers for what they are.
    let is_number = |name: &str| name.bytes().all(|byte| byte.is_ascii_digit());
    let plain = |name: &str| !name.contains(['$', '{', '<', '@', '%']);
    let name = entry.value.split(',').find(|&name| !is_number(name) && !known.contains(&name))?;
    if !plain(name) {
        return None;
    }
    let (kind, id) = if groups { ("group", "gid") } else { ("user", "uid") };
    let message = format!("there is no {kind} {name}: {}", outage(context, fpm));
    let label = format!("no such {kind} in /etc/{}", if groups { "group" } else { "passwd" });
    let found = Diagnostic::new(entry.span, message, label)
        .note(format!("FPM logs: ERROR: [pool {}] cannot get {id} for {kind} '{name}'", pool.name));
    let caller = caller(context, pool, groups)
        .filter(|name| entry.key.starts_with("listen.") && known.contains(&name.as_str()));
    let Some(right) = caller.or_else(|| closest(name, known.iter().copied()).map(str::to_owned)) else {
        return Some(found.help(format!("write the name of a {kind} that is there, or make this one")));
    };
    let node = context.files.node(entry.at);
    let alone = !entry.value.contains(',');
    let fix = Fix::safe(format!("name {kind} {right}"), vec![edits::restate(node, &right)]);
    Some(found.help(format!("write `{} = {right}`", entry.key)).fix(alone.then_some(fix)))
}

/// The user, or the group, of all gateways that call the pool.
fn caller(context: &Context<'_>, pool: &Pool, groups: bool) -> Option<String> {
    let callers = context.stack.callers(context.files, pool);
    let names = callers.into_iter().map(|caller| {
        caller.identity.map(|who| if groups { who.group } else { who.user }).filter(|name| name != "root")
    });
    let mut names = names.collect::<Option<Vec<_>>>()?;
    names.dedup();
    (names.len() == 1).then(|| names.remove(0))
}
