//! `target/upstream-with-port`: a pass gives a port to the name of an upstream.

use super::nginx_hops;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/upstream-with-port",
    severity: Severity::Error,
    summary: "a pass gives a port to the name of an upstream",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/target/upstream-with-port.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in nginx_hops(context) {
        let node = context.files.node(hop.at);
        let Some(text) = node.arg(0) else { continue };
        let target = crate::stack::nginx::target(&text, hop.protocol);
        let Some((name, port)) = target.address.split_once(':') else { continue };
        let Some(upstream) = nginx.upstreams.iter().find(|upstream| upstream.name == name) else { continue };
        let Some(plain) = node.plain_span(0) else { continue };
        let lo = plain.lo + (target.offset + name.len()) as u32;
        let span = Span::new(lo, lo + 1 + port.len() as u32);
        let message = format!("`{name}` is an upstream, whose servers have the ports: nginx does not start");
        let diagnostic = Diagnostic::new(span, message, "an upstream takes no port")
            .label(upstream.name_span, "defined here")
            .note(format!("nginx says: upstream \"{name}\" may not have port {port}"))
            .help(format!("take `:{port}` out"))
            .fix(Fix::safe(format!("take `:{port}` out"), vec![Edit::replace(span, "")]));
        sink.report(diagnostic);
    }
}
