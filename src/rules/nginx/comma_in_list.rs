//! `nginx/comma-in-list`: nginx takes the commas of a list for parts of the names.

use super::words::is_damaged;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/comma-in-list",
    severity: Severity::Warning,
    summary: "nginx takes the commas of a list for parts of the names, which then match nothing",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/nginx/comma-in-list.md"),
    check,
};

/// The lists, and what becomes of a name with a comma at its end.
const LISTS: [(&str, &str); 8] = [
    ("server_name", "no request asks for a host of that name"),
    ("index", "nginx looks for a file of that name"),
    ("gzip_types", "no answer has that type"),
    ("brotli_types", "no answer has that type"),
    ("ssi_types", "no answer has that type"),
    ("sub_filter_types", "no answer has that type"),
    ("addition_types", "no answer has that type"),
    ("charset_types", "no answer has that type"),
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for scope in nginx.scope_ids() {
            for (name, outcome) in LISTS {
                for node in nginx.here(context.files, scope, name) {
                    if !is_damaged(node) && commas(node).next().is_some() {
                        sink.report_once(finding(node, outcome));
                    }
                }
            }
        }
    }
}

/// The commas that end a name, or stand alone, each with whether it is a whole word.
fn commas(node: NodeRef<'_>) -> impl Iterator<Item = (Span, bool)> {
    node.words().iter().filter_map(move |word| {
        let text = node.tree.slice(word.span);
        // A regex may end with one.
        let name = text.strip_suffix(',').filter(|name| !name.starts_with('~'))?;
        Some((Span::new(word.span.hi - 1, word.span.hi), name.is_empty()))
    })
}

fn finding(node: NodeRef<'_>, outcome: &str) -> Option<Diagnostic> {
    let all: Vec<(Span, bool)> = commas(node).collect();
    let (first, _) = *all.first()?;
    let word = node.words().iter().find(|word| word.span.contains(first))?;
    let name = node.tree.slice(word.span);
    let message = format!("`{}` takes the comma for a part of the name `{name}`: {outcome}", node.name());
    // Where one stands alone, the blank before it goes too.
    let edits =
        all.iter().map(|&(comma, alone)| Edit::replace(Span::new(comma.lo - u32::from(alone), comma.hi), ""));
    let right: Vec<&str> =
        node.words().iter().map(|word| node.tree.slice(word.span).trim_end_matches(',')).collect();
    let right: Vec<&str> = right.into_iter().filter(|name| !name.is_empty()).collect();
    let fix = Fix::risky("take the commas out", edits.collect());
    let found = Diagnostic::new(first, message, "a part of the name")
        .note("nginx says nothing about it")
        .help(format!("write `{} {};`, with blanks alone between the names", node.name(), right.join(" ")));
    Some(found.fix((!right.is_empty()).then_some(fix)))
}
