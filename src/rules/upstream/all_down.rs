//! `upstream/all-down`: all servers of a group are taken out.

use std::collections::HashSet;

use super::{first_calls, is_complete, without_words};
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::apache::{Apache, Balancer};
use crate::stack::hop::{Gateway, Hop};
use crate::stack::nginx::{Nginx, Upstream};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "upstream/all-down",
    summary: "all servers of a group are taken out",
    severity: crate::diagnostic::Severity::Error,
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/upstream/all-down.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    let mut calls: Vec<_> = first_calls(context).into_iter().collect();
    calls.sort_by_key(|(_, hop)| hop.at);
    for ((gateway, group), hop) in calls {
        match gateway {
            Gateway::Nginx(index) => {
                let nginx = &context.stack.nginx[index];
                let group = &nginx.upstreams[group];
                let down = !group.servers.is_empty() && group.servers.iter().all(|server| server.down);
                if down && is_complete(context.files, nginx, group) {
                    sink.report_once(of_nginx(context, nginx, group, hop));
                }
            }
            Gateway::Apache(index) => {
                let apache = &context.stack.apache[index];
                let balancer = &apache.balancers[group];
                if let Some(found) = of_apache(context, apache, balancer, hop)
                    && balancer.members.first().is_some_and(|(_, at)| seen.insert(*at))
                {
                    sink.report(found);
                }
            }
        }
    }
}

fn of_nginx(context: &Context<'_>, nginx: &Nginx, group: &Upstream, hop: &Hop) -> Option<Diagnostic> {
    let name = &group.name;
    let nodes: Vec<_> = nginx.here(context.files, group.scope, "server").collect();
    let words = nodes.iter().filter_map(|node| {
        let index = (1..node.words().len()).find(|&index| node.arg(index).is_some_and(|text| text == "down"));
        node.arg_span(index?)
    });
    let words: Vec<Span> = words.collect();
    let edits = nodes.iter().flat_map(|&node| without_words(node, |word| word == "down")).collect();
    let message = format!("{} `{name}` is `down`: every request answers 502", subject(words.len()));
    let log = format!(
        "nginx logs: no live upstreams while connecting to upstream (…) upstream: \"{}://{name}/",
        hop.protocol.word()
    );
    Some(say(message, &words, edits, hop)?.label(group.name_span, "the upstream").note(log).help(format!(
        "take `down` away from a server of `{name}` that works, or pass requests to another upstream"
    )))
}

/// A member that is disabled, stopped or draining takes no request: `status=+D`, `S`, `+N`.
fn of_apache(context: &Context<'_>, apache: &Apache, balancer: &Balancer, hop: &Hop) -> Option<Diagnostic> {
    let name = &balancer.name;
    // The balancer manager keeps what was set by hand.
    let persisted = apache
        .everywhere("balancerpersist")
        .any(|(_, entry)| entry.value(0).is_none_or(|value| !value.eq_ignore_ascii_case("off")));
    if persisted || !apache.whole {
        return None;
    }
    let mut words = Vec::new();
    let mut edits = Vec::new();
    for (_, at) in &balancer.members {
        let (_, entry) = apache.everywhere("balancermember").find(|(_, entry)| entry.at == *at)?;
        let status = entry.args.iter().rfind(|arg| arg.value.to_ascii_lowercase().starts_with("status="))?;
        if !takes_nothing(&status.value["status=".len()..]) {
            return None;
        }
        words.push(status.span);
        edits.extend(without_words(context.files.node(*at), |word| {
            word.to_ascii_lowercase().starts_with("status=")
        }));
    }
    let which = if words.len() == 1 { "the only member" } else { "each member" };
    let message = format!("{which} of balancer://{name} is taken out: every request answers 503");
    let log = format!("Apache logs: AH01170: balancer://{name}: All workers are in error state");
    Some(
        say(message, &words, edits, hop)?
            .note(log)
            .help(format!("take `status=` away from a member of balancer://{name} that works")),
    )
}

/// Whether the flags of `status=` leave a member without requests. Letters stand alone, or behind the
/// `+` or `-` that sets or clears them.
fn takes_nothing(flags: &str) -> bool {
    let (mut out, mut mode) = (HashSet::new(), true);
    for letter in flags.chars() {
        match letter.to_ascii_uppercase() {
            '+' => mode = true,
            '-' => mode = false,
            letter @ ('D' | 'S' | 'N') if mode => {
                out.insert(letter);
            }
            letter => {
                out.remove(&letter);
            }
        }
    }
    !out.is_empty()
}

fn subject(count: usize) -> String {
    if count == 1 {
        "the only server of the upstream".to_owned()
    } else {
        format!("each of the {count} servers of the upstream")
    }
}

fn say(message: String, words: &[Span], edits: Vec<Edit>, hop: &Hop) -> Option<Diagnostic> {
    let (first, others) = words.split_first()?;
    let mut found = Diagnostic::new(*first, message, "taken out here");
    for other in others.iter().take(4) {
        found = found.label(*other, "taken out, too");
    }
    Some(
        found
            .label(hop.span, "requests go to it from here")
            .fix(Fix::risky("put all servers back to work", edits)),
    )
}
