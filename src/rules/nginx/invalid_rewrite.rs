//! `nginx/invalid-rewrite`: a `rewrite` with a flag nginx does not have, or to nothing.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::spelling::closest;
use crate::tree::{NodeRef, Text};

use super::certain::{is_garbled, is_template};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/invalid-rewrite",
    severity: Severity::Error,
    summary: "a `rewrite` with a flag nginx does not have, or to nothing",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/invalid-rewrite.md"),
    check,
};

const FLAGS: [&str; 4] = ["last", "break", "redirect", "permanent"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for place in nginx.places(context.files).filter(|place| place.node.name() == "rewrite") {
            let found = flag(place.node).or_else(|| empty(place.node)).filter(|_| !is_garbled(place.node));
            sink.report_once(found);
        }
    }
}

fn flag(node: NodeRef<'_>) -> Option<Diagnostic> {
    let text = Text::arg(node, 2).filter(|_| node.words().len() == 3)?;
    let flag = &*text.value;
    if FLAGS.contains(&flag) || is_template(flag) {
        return None;
    }
    let message = format!("`rewrite` has no flag `{flag}`: nginx does not start");
    let found = Diagnostic::new(text.span(), message, "no flag")
        .note(format!("nginx logs: invalid parameter \"{flag}\""));
    let Some(meant) = meant(flag) else {
        return Some(found.help("there are `last`, `break`, `redirect` (302) and `permanent` (301)"));
    };
    let edit = text.exact().map(|span| Edit::replace(span, meant));
    let fix = edit.map(|edit| Fix::safe(format!("write `{meant}`"), vec![edit]));
    Some(found.help(format!("write `{meant}`")).fix(fix))
}

/// The flag that was meant: a slip of the pen, a status, or how Apache writes it.
fn meant(flag: &str) -> Option<&'static str> {
    let inner = flag.trim_matches(['[', ']']);
    match inner {
        "301" | "R=301" | "R=301,L" | "L,R=301" => Some("permanent"),
        "302" | "R" | "R=302" | "R,L" | "L,R" | "R=302,L" | "L,R=302" => Some("redirect"),
        "L" => Some("last"),
        _ => closest(flag, FLAGS),
    }
}

fn empty(node: NodeRef<'_>) -> Option<Diagnostic> {
    let text = Text::arg(node, 1).filter(|text| text.value.is_empty())?;
    let message = "`rewrite` to nothing is no path: nginx does not start";
    let found = Diagnostic::new(text.span(), message, "empty").note("nginx logs: empty replacement");
    Some(found.help("write `/` for the root of the site, or `return 404;` to answer at once"))
}
