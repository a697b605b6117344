//! `nginx/duplicate-map-key`: a `map` has the same key twice.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::names::{Key, is_filled_in, keys, lower};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/duplicate-map-key",
    severity: Severity::Error,
    summary: "a `map` has the same key twice",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/duplicate-map-key.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for nginx in &context.stack.nginx {
        let maps = nginx.places(context.files).filter(|place| place.node.name() == "map");
        for map in maps.map(|place| place.node).filter(|node| node.body().is_some() && seen.insert(node.at()))
        {
            look_at(map, sink);
        }
    }
}

/// Looks at the keys of one map, those of files it includes left out.
fn look_at(map: NodeRef<'_>, sink: &mut Sink<'_>) {
    let hostnames = map.children().any(|line| line.name() == "hostnames" && line.words().is_empty());
    let lines: Vec<_> = map.children().filter_map(|line| Some((line, key(line)?))).collect();
    let mut default = None;
    let mut taken: HashMap<Key<'_>, NodeRef<'_>> = HashMap::with_capacity(lines.len());
    for (line, key) in &lines {
        if line.name() == "default" {
            let first = *default.get_or_insert(*line);
            if first != *line {
                sink.report(finding(first, *line, "duplicate default map parameter"));
            }
            continue;
        }
        let all = || keys(key).filter(|_| hostnames);
        let plain = || (!hostnames).then_some(Key::Exact(key)).into_iter();
        match all().chain(plain()).find_map(|key| taken.get(&key).copied()) {
            Some(first) => {
                sink.report(finding(first, *line, &format!("conflicting parameter \"{key}\"")));
            }
            None => taken.extend(all().chain(plain()).map(|key| (key, *line))),
        }
    }
}

/// The key of a line, as nginx compares it; `None` for what is no key, or a regular expression: of those
/// nginx tries one after the other.
fn key(line: NodeRef<'_>) -> Option<Cow<'_, str>> {
    if line.words().len() != 1 || line.body().is_some() || line.name() == "include" {
        return None;
    }
    let text = line.value(line.raw().name);
    if text.starts_with('~') || is_filled_in(&text) {
        return None;
    }
    Some(match text.strip_prefix('\\') {
        Some(rest) => rest.to_ascii_lowercase().into(),
        None => lower(text),
    })
}

fn finding(first: NodeRef<'_>, second: NodeRef<'_>, log: &str) -> Diagnostic {
    let name = second.name();
    let message = format!("`{name}` is in this map twice: nginx does not start");
    let same = first.arg(0) == second.arg(0);
    let fix = same.then(|| Fix::safe("write it once", vec![edits::remove_node(second)]));
    Diagnostic::new(second.head(), message, "the same key again")
        .label(first.head(), "first written here")
        .note(format!("nginx logs: {log}"))
        .help(if same { "take one of the two out" } else { "take out the one whose value is not meant" })
        .fix(fix)
}
