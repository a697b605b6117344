//! `nginx/duplicate-upstream`: two upstream groups have the same name.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::NodeRef;
use crate::vocabulary::Contexts;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/duplicate-upstream",
    severity: Severity::Error,
    summary: "two upstream groups have the same name",
    fixable: Fixable::No,
    card: include_str!("../../../rules/nginx/duplicate-upstream.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let stream = Contexts::parse("stream");
    for nginx in &context.stack.nginx {
        let mut first: HashMap<(String, bool), NodeRef<'_>> = HashMap::new();
        let blocks = nginx.places(context.files).filter(|place| place.node.name() == "upstream");
        for place in blocks.filter(|place| place.node.body().is_some() && !place.contexts.is_empty()) {
            let Some(name) = place.node.arg(0) else { continue };
            // nginx compares them like the host names they stand for.
            let key = (name.to_ascii_lowercase(), place.contexts.meets(stream));
            let Some(&other) = first.get(&key) else {
                first.insert(key, place.node);
                continue;
            };
            if nginx.together(other.at(), place.node.at()) {
                sink.report_once(finding(&name, other, place.node));
            }
        }
    }
}

fn finding(name: &str, first: NodeRef<'_>, second: NodeRef<'_>) -> Diagnostic {
    let message = format!("the upstream `{name}` is defined twice: nginx does not start");
    let again =
        Diagnostic::new(second.arg_span(0).unwrap_or_else(|| second.head()), message, "defined again")
            .note(format!("nginx logs: duplicate upstream \"{name}\""));
    if first == second {
        return again.help("include the file it stands in once");
    }
    let again = again.label(first.head(), "first defined here");
    let case =
        if first.arg(0).is_some_and(|other| other != name) { ": case does not tell them apart" } else { "" };
    again.help(format!("put the servers of both into one, or give one of them another name{case}"))
}
