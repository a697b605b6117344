//! `target/pass-without-port`: a pass names a host without a port, and no upstream of that name is there.

use super::{nearest_upstream, nginx_hops};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Protocol;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/pass-without-port",
    severity: Severity::Error,
    summary: "a pass names a host without a port, and no upstream of that name is there",
    fixable: Fixable::No,
    card: include_str!("../../../rules/target/pass-without-port.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in nginx_hops(context) {
        let needs_port = matches!(hop.protocol, Protocol::Fastcgi | Protocol::Uwsgi | Protocol::Scgi);
        let node = context.files.node(hop.at);
        let (Some(name), Some(span)) = (node.arg(0), node.arg_span(0)) else { continue };
        let is_name = !name.is_empty() && !name.contains([':', '$', '/']);
        if !needs_port || !is_name || hop.upstream.is_some() || !nginx.whole {
            continue;
        }
        if nearest_upstream(nginx, &name).is_some() {
            continue; // target/undefined-upstream says what was meant
        }
        let directive = node.name();
        let message = format!("`{name}` is no upstream, and as a host it needs a port: nginx does not start");
        let diagnostic = Diagnostic::new(span, message, "neither an upstream nor `host:port`")
            .note(format!("nginx says: no port in upstream \"{name}\""))
            .help(format!("write `{directive} {name}:9000;`, or define `upstream {name} {{ server …; }}`"));
        sink.report(diagnostic);
    }
}
