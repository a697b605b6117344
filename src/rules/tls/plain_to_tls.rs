//! `tls/plain-to-tls`: a gateway speaks plain HTTP to a port where TLS is spoken.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
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
    made.push(in_vhost(context, apache, wrong, &lines)?);
    Some(Fix::risky(title, made))
}

/// What Apache needs to speak TLS to a name no certificate is made for.
fn missing_lines(apache: &Apache, wrong: &Mismatch<'_>) -> Vec<String> {
    let says = |name, value: &str| {
        let found = apache.find(wrong.hop.scope, name).and_then(|(entry, _)| entry.value(0));
        found.is_some_and(|found| found.eq_ignore_ascii_case(value))
    };
    let mut lines = Vec::new();
    if !says("sslproxyengine", "on") {
        lines.push("SSLProxyEngine on".to_owned());
    }
    if wrong.leg.endpoint.is_loopback() && !says("sslproxycheckpeername", "off") {
        lines.push("SSLProxyCheckPeerName off".to_owned());
    }
    lines
}

/// Adds lines above the directive of the hop, or above the section of it that stands in the virtual host.
fn in_vhost(context: &Context<'_>, apache: &Apache, wrong: &Mismatch<'_>, lines: &[String]) -> Option<Edit> {
    let vhost = apache.vhost_of(wrong.hop.scope);
    let top = apache.around(wrong.hop.scope).take_while(|&section| section != vhost).last();
    let node = match top {
        Some(section) => apache.node(context.files, section)?,
        None => context.files.node(wrong.hop.at),
    };
    Some(edits::insert_line_before(node, &lines.join(&format!("\n{}", node.indent()))))
}
