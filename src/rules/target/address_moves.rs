//! `target/address-moves`: a name whose addresses change is looked up once, when nginx starts.

use super::nginx_hops;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Hop, Leg};
use crate::vocabulary;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/address-moves",
    severity: Severity::Warning,
    summary: "a name of a cloud whose addresses change is looked up once, when nginx starts",
    fixable: Fixable::No,
    card: include_str!("../../../rules/target/address-moves.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (_, hop) in nginx_hops(context) {
        for leg in hop.legs.iter().filter(|leg| !leg.down) {
            sink.report_once(finding(context, hop, leg));
        }
    }
}

fn finding(context: &Context<'_>, hop: &Hop, leg: &Leg) -> Option<Diagnostic> {
    let Endpoint::Tcp { host, .. } = &leg.endpoint else { return None };
    let provider = vocabulary::moves(host)?;
    let node = context.files.node(leg.at);
    // With a variable, or with `resolve`, it is looked up again and again.
    if node.args().any(|arg| arg == "resolve" || arg.contains('$')) {
        return None;
    }
    let message = format!(
        "`{host}` is looked up once, when nginx starts, and {provider} changes its addresses: from then on requests answer 504 or 502"
    );
    let found = Diagnostic::new(leg.span, message, "looked up once");
    let found =
        if leg.at == hop.at { found } else { found.label(hop.span, "requests go through it from here") };
    Some(found
        .note("nginx logs: upstream timed out (110: Connection timed out) while connecting to upstream, until it is reloaded")
        .help(format!(
            "nginx 1.27.3 and later: `zone`, `resolver` and `server {host} resolve;` in an upstream; before: `set $backend {host};`, `resolver`, and `$backend` in the pass"
        )))
}
