//! `body/inner-below-outer`: of two nginx one behind the other, the inner one takes smaller requests.

use super::{DIRECTIVE, raise};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::{Hop, Owner, Protocol};
use crate::stack::nginx::Nginx;
use crate::stack::setting::Setting;
use crate::value::bytes_text;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "body/inner-below-outer",
    severity: Severity::Warning,
    summary: "of two nginx one behind the other, the inner one takes smaller requests",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/body/inner-below-outer.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        if matches!(hop.protocol, Protocol::Http | Protocol::Https) {
            sink.report_once(finding(context, nginx, hop));
        }
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<Diagnostic> {
    let outer = nginx.size(context.files, hop.scope, DIRECTIVE, 1 << 20)?;
    // What it takes by default nobody chose.
    let said = outer.span()?;
    // To follow a request takes time; most go to something else than another nginx.
    let mut listeners = hop.legs.iter().flat_map(|leg| context.stack.listeners_at(leg));
    if !listeners.any(|listener| matches!(listener.owner, Owner::Nginx(..))) {
        return None;
    }
    let request = context.stack.example(context.files, hop)?;
    let (behind, _) = context.stack.next_hop(context.files, hop, &request)?;
    let back = context.stack.nginx_of(behind)?;
    // Whether PHP takes as much, body/nginx-below-php compares.
    if behind.legs.iter().any(|leg| context.stack.pool_at(leg).is_some()) {
        return None;
    }
    let inner = back.size(context.files, behind.scope, DIRECTIVE, 1 << 20)?;
    if inner.value == 0 || (outer.value != 0 && outer.value <= inner.value) {
        return None;
    }
    if inner.span() == Some(said) || (inner.is_default() && !back.is_certain(behind.scope)) {
        return None;
    }
    let size = if outer.value == 0 { "0".to_owned() } else { size(&outer) };
    let takes = if outer.value == 0 { "any size".to_owned() } else { size.clone() };
    let default = if inner.is_default() { " (default)" } else { "" };
    let limit = bytes_text(inner.value).to_ascii_lowercase();
    let message = format!(
        "nginx takes requests of {takes} and the nginx behind it {limit}{default}: an upload in between answers 413"
    );
    let span = inner.span().unwrap_or(behind.span);
    let fix = raise(context, back, behind.scope, &size)
        .map(|edit| Fix::risky(format!("let the inner nginx take {takes}"), vec![edit]));
    Some(
        Diagnostic::new(span, message, format!("refuses what is larger than {limit}"))
            .label(said, format!("{takes} is taken here"))
            .label(hop.span, "and handed on")
            .note("the inner nginx logs: client intended to send too large body: … bytes")
            .help(format!("write `{DIRECTIVE} {size};` in the server behind"))
            .fix(fix),
    )
}

/// A size as nginx reads it.
fn size(limit: &Setting<u64>) -> String {
    bytes_text(limit.value).to_ascii_lowercase()
}
