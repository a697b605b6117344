//! `apache/proxypass-in-locationmatch`: `ProxyPass` takes the expression of a `<LocationMatch>` for a path.

use super::mapping::{By, Mapping};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/proxypass-in-locationmatch",
    severity: Severity::Error,
    summary: "ProxyPass takes the expression of a LocationMatch for a path, and no request gets to the backend",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/apache/proxypass-in-locationmatch.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in &context.stack.apache {
        let lines = Mapping::all(apache)
            .filter(|line| line.by == By::LocationMatch && line.entry.name == "proxypass");
        for line in lines.filter(|line| !line.excludes() && is_literal_that_fails(&line.path.value)) {
            sink.report_once(finding(context, &line));
        }
    }
}

/// Whether an expression, taken letter by letter, is no path. With a wildcard in it (`*`, `?`, `[`) it is used as one.
fn is_literal_that_fails(path: &str) -> bool {
    !path.contains(['*', '?', '[']) && path.contains(['^', '$', '(', '|', '\\', '+'])
}

fn finding(context: &Context<'_>, line: &Mapping<'_>) -> Diagnostic {
    let path = &line.path.value;
    let node = context.files.node(line.entry.at);
    let (url, from) = line.bare_url();
    // `ProxyPassMatch` without a group puts the whole path behind the URL.
    let is_root =
        url.split_once("://").is_some_and(|(_, rest)| rest.ends_with('/') && rest.matches('/').count() == 1);
    let shorter = is_root.then(|| line.url.part(from + url.len() - 1, from + url.len())).flatten();
    let mut edits = vec![Edit::replace(node.name_span(), "ProxyPassMatch")];
    edits.extend(shorter.map(|span| Edit::replace(span, "")));
    let plain = url.split_once("://").is_some_and(|(_, rest)| !rest.contains('/'));
    let fix = (shorter.is_some() || plain).then(|| Fix::risky("hand on what the expression matches", edits));
    let written = if is_root { &url[..url.len() - 1] } else { url };
    Diagnostic::new(
        node.head(),
        format!("`ProxyPass` takes `{path}` for a path letter by letter: no request begins so, and none gets to the backend"),
        "never used",
    )
    .label(line.path.span, "an expression")
    .note("visitors get 404, or the files of the DocumentRoot; Apache logs nothing")
    .help(format!("write `ProxyPassMatch {written}`"))
    .fix(fix)
}
