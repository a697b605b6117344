//! `upstream/unused`: no request goes to a group.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Gateway;
use crate::stack::nginx::{Nginx, ScopeKind};
use crate::tree::{Dialect, NodeRef};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "upstream/unused",
    severity: Severity::Hint,
    summary: "an upstream that no pass names",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/upstream/unused.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut words: Option<HashSet<&str>> = None;
    for (index, nginx) in context.stack.nginx.iter().enumerate() {
        let here = Gateway::Nginx(index);
        let called: HashSet<usize> = context
            .stack
            .hops
            .iter()
            .filter(|hop| hop.gateway == here)
            .filter_map(|hop| hop.upstream)
            .collect();
        let idle = nginx.upstreams.iter().enumerate().filter(|(group, _)| !called.contains(group));
        let idle: Vec<_> = idle.map(|(_, group)| group).collect();
        if idle.is_empty() || !is_known(context, nginx) {
            continue;
        }
        for group in idle {
            let plain = group.name.bytes().all(is_letter);
            let words = words.get_or_insert_with(|| all_words(context));
            if plain && !words.contains(group.name.as_str()) {
                let node = context.files.node(group.at);
                sink.report_once(finding(node, &group.name));
            }
        }
    }
}

/// Whether all of an nginx is in sight, and no variable decides where a request goes.
fn is_known(context: &Context<'_>, nginx: &Nginx) -> bool {
    let sure = nginx.whole && nginx.single && nginx.of_kind(ScopeKind::Http).all(|id| nginx.is_certain(id));
    let passes = || nginx.places(context.files).filter(|place| place.node.name().ends_with("_pass"));
    let programs = || nginx.places(context.files).any(|place| is_program(place.node));
    sure && !passes().any(|place| place.node.arg(0).is_some_and(|text| text.contains('$'))) && !programs()
}

/// Whether a directive runs a program, which may name a group.
fn is_program(node: NodeRef<'_>) -> bool {
    let name = node.name();
    name.contains("_by_lua") || name.starts_with("js_") || name.starts_with("perl")
}

/// All words of all configurations of nginx, but for the names of groups.
fn all_words<'a>(context: &Context<'a>) -> HashSet<&'a str> {
    let mut all = HashSet::new();
    for file in context.files.files.iter().filter(|file| file.tree.dialect == Dialect::Nginx) {
        for node in file.tree.all().filter(|node| node.name() != "upstream") {
            let texts = node.words().iter().map(|word| file.tree.slice(word.span)).chain([node.name()]);
            all.extend(texts.flat_map(|text| text.split(|c: char| !c.is_ascii() || !is_letter(c as u8))));
        }
    }
    all
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn finding(node: NodeRef<'_>, name: &str) -> Diagnostic {
    let message = format!("no request goes to `{name}`: no pass names it");
    // What somebody has noted down is not thrown away.
    let noted = node.tree.comments.iter().any(|comment| node.span().contains(*comment));
    let fix = (!noted).then(|| Fix::risky("take it out", vec![edits::remove_node(node)]));
    Diagnostic::new(node.head(), message, "never asked")
        .help(format!("take the upstream out, or pass requests to it: `proxy_pass http://{name};`"))
        .fix(fix)
}
