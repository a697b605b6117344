//! `target/undefined-upstream`: a pass names an upstream that is not defined, and nearly one that is.

use super::{nearest_upstream, nginx_hops};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::{Nginx, Upstream};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/undefined-upstream",
    severity: Severity::Error,
    summary: "a pass names an upstream that is not defined, and nearly one that is",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/target/undefined-upstream.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in nginx_hops(context) {
        if let Some((name, span)) = bare_name(context, nginx, hop)
            && let Some(upstream) = nearest_upstream(nginx, &name)
        {
            sink.report(finding(hop, &name, span, upstream));
        }
    }
}

/// The name a hop calls, where it can only be meant as a name: without a dot or a port.
fn bare_name(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<(String, Span)> {
    let node = context.files.node(hop.at);
    let text = node.arg(0)?;
    let target = crate::stack::nginx::target(&text, hop.protocol);
    let is_name = !target.address.is_empty() && !target.address.contains(['.', ':', '$', '/', '[']);
    if hop.upstream.is_some() || !nginx.whole || !is_name || target.address == "localhost" {
        return None;
    }
    let plain = node.plain_span(0)?;
    let lo = plain.lo + target.offset as u32;
    Some((target.address.to_owned(), Span::new(lo, lo + target.address.len() as u32)))
}

fn finding(hop: &Hop, name: &str, span: Span, upstream: &Upstream) -> Diagnostic {
    let right = &upstream.name;
    let has_port = matches!(hop.protocol, Protocol::Http | Protocol::Https | Protocol::Grpc);
    let fault = if has_port { "host not found" } else { "no port" };
    let message =
        format!("no upstream is named `{name}`, so nginx looks the name up as a host: nginx does not start");
    Diagnostic::new(span, message, "no such upstream")
        .label(upstream.name_span, format!("`{right}` is defined here"))
        .note(format!("nginx says: {fault} in upstream \"{name}\""))
        .help(format!("write `{right}`"))
        .fix(Fix::safe(format!("call upstream `{right}`"), vec![Edit::replace(span, right.clone())]))
}
