//! `nginx/undefined-zone`: a limit or a cache names a zone of shared memory that nothing defines.

use std::collections::{HashMap, HashSet};

use super::zones::{Mention, mentions};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::spelling::closest;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/undefined-zone",
    severity: Severity::Error,
    summary: "a limit or a cache names a zone of shared memory that nothing defines",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/undefined-zone.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for nginx in context.stack.nginx.iter().filter(|nginx| nginx.whole) {
        let mentions = mentions(context, nginx);
        let mut defined: HashMap<&str, &Mention<'_>> = HashMap::new();
        for mention in mentions.iter().filter(|mention| mention.word.defines && mention.size.is_some()) {
            defined.entry(&mention.name).or_insert(mention);
        }
        let users = mentions.iter().filter(|mention| mention.size.is_none());
        for user in users.filter(|user| seen.insert(user.node.at())) {
            match defined.get(user.name.as_str()) {
                None => sink.report(undefined(user, &defined)),
                Some(other) if !user.is_like(other) => sink.report(foreign(user, other)),
                Some(_) => {}
            }
        }
    }
}

fn undefined(user: &Mention<'_>, defined: &HashMap<&str, &Mention<'_>>) -> Diagnostic {
    let name = &user.name;
    let message = format!("no zone is named `{name}`: nginx does not start");
    let found = Diagnostic::new(user.span, message, "nothing defines this zone").note(logged(user));
    let like = || defined.values().filter(|other| user.is_like(other));
    let meant = closest(name, like().map(|other| other.name.as_str())).and_then(|near| defined.get(near));
    let Some(meant) = meant else {
        let mut names: Vec<String> = like().map(|other| format!("`{}`", other.name)).collect();
        names.sort_unstable();
        return found.help(match names.as_slice() {
            [] => definition(user),
            names => format!("write {}, or define it: {}", names.join(" or "), definition(user)),
        });
    };
    let right = &meant.name;
    let fix = Fix::safe(format!("use zone `{right}`"), vec![Edit::replace(user.span, right.clone())]);
    found
        .label(meant.span, format!("`{right}` is defined here"))
        .help(format!("write `{right}`"))
        .fix(user.plain.then_some(fix))
}

/// A zone of this name is there, for something else.
fn foreign(user: &Mention<'_>, other: &Mention<'_>) -> Diagnostic {
    let name = &user.name;
    let message = format!(
        "zone `{name}` is for {}, and {} cannot use it: nginx does not start",
        other.purpose(),
        user.purpose()
    );
    Diagnostic::new(user.span, message, format!("wants a zone for {}", user.purpose()))
        .label(other.span, format!("defined for {}", other.purpose()))
        .note(format!(
            "nginx logs: the shared memory zone \"{name}\" is already declared for a different use"
        ))
        .help(format!("define a zone of another name: {}", definition(user)))
}

fn logged(user: &Mention<'_>) -> String {
    let (name, word) = (&user.name, user.word.name);
    if word.ends_with("_cache") {
        format!("nginx logs: \"{word}\" zone \"{name}\" is unknown")
    } else {
        format!("nginx logs: zero size shared memory zone \"{name}\" (and no line)")
    }
}

/// What would define the zone.
fn definition(user: &Mention<'_>) -> String {
    let (name, word) = (&user.name, user.word.name);
    match word {
        "limit_req" => {
            format!("`limit_req_zone $binary_remote_addr zone={name}:10m rate=10r/s;` in `http`")
        }
        "limit_conn" => format!("`limit_conn_zone $binary_remote_addr zone={name}:10m;`"),
        "zone" => format!("`zone {name} 64k;`"),
        _ => format!("`{word}_path /var/cache/nginx/{name} keys_zone={name}:10m;` in `http`"),
    }
}
