//! `target/bad-pass-syntax`: the target of a pass is written as nginx does not take it.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::tree::NodeRef;

use super::nginx_hops;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/bad-pass-syntax",
    severity: Severity::Error,
    summary: "the target of a pass is written as nginx does not take it",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/target/bad-pass-syntax.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (_, hop) in nginx_hops(context) {
        let node = context.files.node(hop.at);
        match node.name() {
            "proxy_pass" => sink.report_some(without_scheme(node)),
            _ => sink.report_some(address_fault(node)),
        }
    }
    for nginx in &context.stack.nginx {
        for server in nginx.upstreams.iter().flat_map(|upstream| &upstream.servers) {
            sink.report_some(address_fault(context.files.node(server.at)));
        }
    }
}

/// `proxy_pass` takes a URL.
fn without_scheme(node: NodeRef<'_>) -> Option<Diagnostic> {
    let (text, span) = (node.arg(0)?, node.arg_span(0)?);
    let lower = text.to_ascii_lowercase();
    // What stands before the first variable, and whether it can still become one of them.
    let literal = lower.split('$').next()?;
    let open = |scheme: &str| {
        lower.starts_with(scheme) || literal.len() < lower.len() && scheme.starts_with(literal)
    };
    if open("http://") || open("https://") {
        return None;
    }
    let (title, prefix) = match lower.as_str() {
        other if other.contains("://") => ("", None),
        other if other.starts_with('/') => ("add `http://unix:`", Some("http://unix:")),
        _ => ("add `http://`", Some("http://")),
    };
    let plain = node.plain_span(0);
    let fix = prefix.zip(plain).map(|(prefix, plain)| Fix::safe(title, vec![Edit::insert(plain.lo, prefix)]));
    // With a variable in it, nginx looks at the URL when there is a request.
    let outcome = if text.contains('$') { "every request answers 500" } else { "nginx does not start" };
    let message = format!("`proxy_pass` takes a URL, and this has no `http://` or `https://`: {outcome}");
    let diagnostic = Diagnostic::new(span, message, "no URL");
    let right = format!("{}{text}", prefix.unwrap_or("http://"));
    Some(
        diagnostic
            .note("nginx says: invalid URL prefix")
            .help(format!("write `proxy_pass {right};`"))
            .fix(fix),
    )
}

/// The other passes, and the servers of an upstream, take an address and no URL; a socket has `unix:`
/// before its path.
fn address_fault(node: NodeRef<'_>) -> Option<Diagnostic> {
    let (text, span) = (node.arg(0)?, node.arg_span(0)?);
    let directive = node.name();
    if let Some(at) =
        text.find("://").filter(|&at| !takes_scheme(directive, &text[..at]) && !text.contains('$'))
    {
        let rest = &text[at + 3..];
        let address = if rest.starts_with("unix:") { rest } else { rest.split('/').next().unwrap_or(rest) };
        let message = format!("`{directive}` takes an address, and this is a URL: nginx does not start");
        return Some(replaced(span, node.plain_span(0), message, "a URL", address, &text, directive));
    }
    if text.starts_with('/') {
        let message = "a socket has `unix:` before its path: nginx does not start".to_owned();
        let right = format!("unix:{text}");
        return Some(replaced(
            span,
            node.plain_span(0),
            message,
            "a path without `unix:`",
            &right,
            &text,
            directive,
        ));
    }
    None
}

/// Whether the directive takes an address with such a `scheme://` before it.
fn takes_scheme(directive: &str, scheme: &str) -> bool {
    match directive {
        "grpc_pass" => true,
        "uwsgi_pass" => ["uwsgi", "suwsgi"].iter().any(|taken| scheme.eq_ignore_ascii_case(taken)),
        _ => false,
    }
}

fn replaced(
    span: Span,
    plain: Option<Span>,
    message: String,
    label: &str,
    right: &str,
    wrong: &str,
    directive: &str,
) -> Diagnostic {
    let fix = plain.map(|plain| Fix::safe(format!("write `{right}`"), vec![Edit::replace(plain, right)]));
    Diagnostic::new(span, message, label)
        .note(format!("nginx says: invalid host in upstream \"{wrong}\""))
        .help(format!("write `{directive} {right};`"))
        .fix(fix)
}
