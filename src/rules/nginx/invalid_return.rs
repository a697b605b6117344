//! `nginx/invalid-return`: a `return` with no status nginx takes.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::domain;
use crate::tree::{NodeRef, Text};
use crate::value::nginx_number;
use crate::vocabulary::Domain;

use super::certain::{is_garbled, is_template};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/invalid-return",
    severity: Severity::Error,
    summary: "a `return` with no status nginx takes",
    fixable: Fixable::No,
    card: include_str!("../../../rules/nginx/invalid-return.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        // In `stream` it takes any text.
        let places = nginx.places(context.files).filter(|place| domain(place.contexts) == Some(Domain::Http));
        for place in places.filter(|place| place.node.name() == "return") {
            let found = finding(place.node).filter(|_| !is_garbled(place.node));
            sink.report_once(found);
        }
    }
}

fn finding(node: NodeRef<'_>) -> Option<Diagnostic> {
    let count = node.words().len();
    let text = Text::arg(node, 0).filter(|_| count <= 2)?;
    let status = &*text.value;
    let is_url = ["http://", "https://", "$scheme"].iter().any(|begin| status.starts_with(begin));
    if is_template(status) || is_url && count == 1 || nginx_number(status).is_ok_and(|number| number <= 999) {
        return None;
    }
    let message = format!("`return` takes a status, and `{status}` is none: nginx does not start");
    let found = Diagnostic::new(text.span(), message, "no status from 0 to 999");
    let found = found.note(format!("nginx logs: invalid return code \"{status}\""));
    Some(found.help(help(status, count)))
}

fn help(status: &str, count: usize) -> String {
    if count == 1 && (status.starts_with(['/', '$']) || status.contains(":/")) {
        return format!("write `return 302 {status};`, or 301 if that is for ever");
    }
    if count == 1 && !status.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("write `return 200 {status};` to answer with this text");
    }
    "write a status such as 301, 403 or 404".to_owned()
}
