//! `tls/plain-to-tls`: a gateway speaks plain HTTP to a port where TLS is spoken.

use super::{apache_says, in_vhost};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::Apache;
use crate::stack::hop::Protocol::{Http, Https};
use crate::stack::mismatch::Mismatch;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "tls/plain-to-tls",
    severity: Severity::Error,
    summary: "a gateway speaks plain HTTP to a port where TLS is spoken",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/tls/plain-to-tls.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for wrong in Mismatch::find(context.stack, |from, to| from == Http && to == Https) {
        sink.report(finding(context, &wrong));
    }
}

fn finding(context: &Context<'_>, wrong: &Mismatch<'_>) -> Diagnostic {
    let (status, log) = wrong.answer();
    let (target, who) = (&wrong.leg.shown, wrong.who(context.stack));
    let message = format!(
        "plain HTTP is spoken to {target}, where {who} speaks TLS: {} answers {status}",
        wrong.requests()
    );
    Diagnostic::new(wrong.span(context.files), message, "speaks plain HTTP")
        .label(wrong.listener.span, format!("{who} speaks TLS here"))
        .note(log)
        .help(format!("write `https://{target}`, or name the port where {who} speaks plain HTTP"))
        .fix(fix(context, wrong))
}

fn fix(context: &Context<'_>, wrong: &Mismatch<'_>) -> Option<Fix> {
    let mut made = wrong.scheme_edits(context.stack, context.files, "https")?;
    let title = "speak TLS";
    if let Some(nginx) = context.stack.nginx_of(wrong.hop) {
        // A certificate that is not trusted is refused only where it is looked at.
        let looks = nginx.flag(context.files, wrong.hop.scope, "proxy_ssl_verify", false);
        let looks = looks.is_none_or(|looks| looks.value);
        return Some(if looks { Fix::risky(title, made) } else { Fix::safe(title, made) });
    }
    let apache = context.stack.apache_of(wrong.hop)?;
    if apache.modules.lacks("ssl_module") {
        return None;
    }
    let lines = missing_lines(apache, wrong);
    if lines.is_empty() {
        return Some(Fix::safe(title, made));
    }
    made.push(in_vhost(context, apache, wrong.hop, &lines)?);
    Some(Fix::risky(title, made))
}

/// What Apache needs to speak TLS to a name no certificate is made for.
fn missing_lines(apache: &Apache, wrong: &Mismatch<'_>) -> Vec<&'static str> {
    let mut lines = Vec::new();
    if !apache_says(apache, wrong.hop.scope, "sslproxyengine", "on") {
        lines.push("SSLProxyEngine on");
    }
    if wrong.leg.endpoint.is_loopback()
        && !apache_says(apache, wrong.hop.scope, "sslproxycheckpeername", "off")
    {
        lines.push("SSLProxyCheckPeerName off");
    }
    lines
}
