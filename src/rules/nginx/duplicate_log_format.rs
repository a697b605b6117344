//! `nginx/duplicate-log-format`: two log formats have the same name.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::NodeRef;
use crate::vocabulary::Contexts;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/duplicate-log-format",
    severity: Severity::Error,
    summary: "two log formats have the same name",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/duplicate-log-format.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let stream = Contexts::parse("stream");
    let mut seen = HashSet::new();
    for nginx in &context.stack.nginx {
        let mut first: HashMap<(String, bool), NodeRef<'_>> = HashMap::new();
        for place in nginx.places(context.files).filter(|place| place.node.name() == "log_format") {
            let Some(name) = place.node.arg(0) else { continue };
            let in_stream = place.contexts.meets(stream);
            if name == "combined" && place.contexts == Contexts::parse("http") {
                sink.report_some(seen.insert(place.node.at()).then(|| built_in(place.node)));
                continue;
            }
            let key = (name.into_owned(), in_stream);
            let Some(&other) = first.get(&key) else {
                first.insert(key, place.node);
                continue;
            };
            if nginx.together(other.at(), place.node.at()) {
                sink.report_once(finding(&key.0, other, place.node));
            }
        }
    }
}

/// nginx defines `combined` itself, in `http`.
fn built_in(node: NodeRef<'_>) -> Diagnostic {
    let message =
        "nginx has a log format `combined` of its own, which cannot be defined again: it does not start";
    Diagnostic::new(
        node.arg_span(0).unwrap_or_else(|| node.head()),
        message,
        "the name of nginx's own format",
    )
    .note("nginx logs: duplicate \"log_format\" name \"combined\"")
    .help("give the format another name, and name that in `access_log`")
}

fn finding(name: &str, first: NodeRef<'_>, second: NodeRef<'_>) -> Diagnostic {
    let message = format!("the log format `{name}` is defined twice: nginx does not start");
    let again =
        Diagnostic::new(second.arg_span(0).unwrap_or_else(|| second.head()), message, "defined again")
            .note(format!("nginx logs: duplicate \"log_format\" name \"{name}\""));
    if first == second {
        return again.help("include the file it stands in once");
    }
    let says = |node: NodeRef<'_>| node.args().collect::<Vec<_>>().join(" ");
    let same = says(first) == says(second);
    let fix = same.then(|| Fix::safe("define it once", vec![edits::remove_node(second)]));
    again
        .label(first.head(), "first defined here")
        .help(if same {
            "take one of the two out"
        } else {
            "give one of the two another name, or take it out"
        })
        .fix(fix)
}
