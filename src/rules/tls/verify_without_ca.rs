//! `tls/verify-without-ca`: nginx is to look at a certificate, and has none to trust.

use super::{shown_by, verifies};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits::insert_lines_after;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Hop;
use crate::stack::hop::Protocol::{Http, Https};
use crate::stack::nginx::Nginx;
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "tls/verify-without-ca",
    severity: Severity::Error,
    summary: "proxy_ssl_verify without a certificate to trust, with which nginx does not start",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/tls/verify-without-ca.md"),
    check,
};

/// What the distributions trust.
const BUNDLES: [&str; 2] = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        // With a variable in it nginx is ready for TLS.
        let tls = hop.protocol == Https
            || (hop.protocol == Http
                && context.files.node(hop.at).arg(0).is_some_and(|text| text.contains('$')));
        let trusts = nginx.find(context.files, hop.scope, "proxy_ssl_trusted_certificate").is_some();
        if !tls || trusts || !verifies(context, nginx, hop.scope) || !nginx.is_certain(hop.scope) {
            continue;
        }
        if let Some(switch) = nginx.find(context.files, hop.scope, "proxy_ssl_verify") {
            sink.report_once(finding(context, nginx, hop, switch.node));
        }
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, hop: &Hop, switch: NodeRef<'_>) -> Diagnostic {
    let lines = lines(context, nginx, hop);
    let help = match lines.first() {
        Some(line) => format!("write `{line}`"),
        None => "name the certificate of who signed the other side's: `proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;`".to_owned(),
    };
    let fix = (!lines.is_empty())
        .then(|| Fix::risky("trust this certificate", vec![insert_lines_after(switch, &lines)]));
    Diagnostic::new(
        switch.head(),
        "certificates are to be verified here, and none is there to trust: nginx does not start",
        "without `proxy_ssl_trusted_certificate`",
    )
    .label(hop.span, "TLS is spoken from here")
    .note("nginx logs: [emerg] no proxy_ssl_trusted_certificate for proxy_ssl_verify")
    .help(help)
    .fix(fix)
}

/// The certificate of the other side where it is in sight, with the name it is for; else what the
/// distribution trusts.
fn lines(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Vec<String> {
    let mut ends = hop.legs.iter().flat_map(|leg| context.stack.listeners_at(leg));
    if let Some(listener) = ends.next() {
        let all = shown_by(context, listener);
        let [shown] = all.as_slice() else { return Vec::new() };
        let mut lines = vec![format!("proxy_ssl_trusted_certificate {};", shown.path)];
        if let (None, Some(name)) =
            (nginx.find(context.files, hop.scope, "proxy_ssl_name"), shown.certificate.names.first())
        {
            lines.push(format!("proxy_ssl_name {name};"));
        }
        return lines;
    }
    let there = |path: &&&str| {
        let inside = path.trim_start_matches('/');
        context.disk.kind(&context.files.root.join(inside)).is_some()
    };
    BUNDLES
        .iter()
        .find(there)
        .map(|path| format!("proxy_ssl_trusted_certificate {path};"))
        .into_iter()
        .collect()
}
