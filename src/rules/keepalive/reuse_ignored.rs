//! `keepalive/reuse-ignored`: connections are to be used again where Apache learns the backend from each request.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::apache::Entry;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "keepalive/reuse-ignored",
    severity: Severity::Hint,
    summary: "enablereuse=on is ignored where the host of the backend is taken from the request",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/keepalive/reuse-ignored.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in &context.stack.apache {
        for (_, entry) in apache.everywhere("proxypassmatch") {
            sink.report_once(finding(context, entry));
        }
    }
}

fn finding(context: &Context<'_>, entry: &Entry) -> Option<Diagnostic> {
    let url = entry.args.iter().find(|arg| arg.value.contains("://"))?;
    let (_, rest) = url.value.split_once("://")?;
    let authority = rest.split('/').next().unwrap_or(rest);
    let taken = authority.as_bytes().windows(2).any(|pair| pair[0] == b'$' && pair[1].is_ascii_digit());
    let index = entry.args.iter().position(|arg| arg.value.eq_ignore_ascii_case("enablereuse=on"))?;
    if !taken {
        return None;
    }
    let node = context.files.node(entry.at);
    let (before, own) = (node.arg_span(index.checked_sub(1)?)?, node.arg_span(index)?);
    let message = format!(
        "`enablereuse=on` is ignored: the backend `{authority}` is another for each request, and Apache makes a connection for each"
    );
    Some(
        Diagnostic::new(own, message, "has no effect")
            .label(url.span, "the request says which host")
            .note(format!("Apache logs: AH10400: enablereuse/disablereuse ignored for worker {}", url.value))
            .help("take it out, or write a `ProxyPass` with the host of each backend")
            .fix(Fix::risky("take it out", vec![Edit::replace(Span::new(before.hi, own.hi), "")])),
    )
}
