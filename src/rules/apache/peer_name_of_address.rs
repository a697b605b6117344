//! `apache/peer-name-of-address`: Apache compares a certificate with the address it asks.

use std::collections::HashSet;
use std::net::IpAddr;

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Entry, SectionKind};
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::Protocol;
use crate::stack::nginx::ScopeId;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/peer-name-of-address",
    severity: Severity::Warning,
    summary: "Apache compares the certificate of a backend with the address it asks, and answers 500",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/apache/peer-name-of-address.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for hop in context.stack.hops.iter().filter(|hop| hop.protocol == Protocol::Https) {
        let Some(apache) = context.stack.apache_of(hop).filter(|apache| apache.whole) else { continue };
        let host = apache.vhost_of(hop.scope);
        let has_ssl = apache.modules.loaded.iter().any(|(name, _)| name == "ssl_module");
        if !has_ssl || !compares(apache, host, hop.scope) {
            continue;
        }
        for leg in &hop.legs {
            let Endpoint::Tcp { host: name, .. } = &leg.endpoint else { continue };
            let Ok(address) = name.parse::<IpAddr>() else { continue };
            if seen.insert((host, hop.at)) {
                // Of other addresses some certificates do tell.
                let severity = if address.is_loopback() { Severity::Warning } else { Severity::Hint };
                sink.report_as(
                    severity,
                    finding(context, apache, host, context.files.node(leg.at).head(), address),
                );
            }
        }
    }
}

/// Whether Apache compares names there: it speaks TLS, asks by its own name for the backend, and was not told to let
/// it be.
fn compares(apache: &Apache, host: ScopeId, scope: ScopeId) -> bool {
    let is = |entry: &Entry, word: &str| entry.value(0).is_some_and(|value| value.eq_ignore_ascii_case(word));
    let set = |name| apache.find(host, name).map(|(entry, _)| entry);
    let speaks = set("sslproxyengine").is_some_and(|entry| is(entry, "on"));
    let preserves = apache.find(scope, "proxypreservehost").is_some_and(|(entry, _)| !is(entry, "off"));
    // The older directive counts where the newer one is not set.
    let switch = set("sslproxycheckpeername").or_else(|| set("sslproxycheckpeercn"));
    let elsewhere = ["sslproxycheckpeername", "sslproxycheckpeercn"]
        .iter()
        .any(|name| apache.everywhere(name).any(|(id, _)| apache.section(id).kind == SectionKind::Proxy));
    speaks && !preserves && !elsewhere && switch.is_none_or(|entry| is(entry, "on"))
}

fn finding(
    context: &Context<'_>,
    apache: &Apache,
    host: ScopeId,
    span: crate::source::Span,
    address: IpAddr,
) -> Diagnostic {
    let message = format!(
        "Apache looks for `{address}` in the certificate of the backend: unless it stands there, every request answers \
         500"
    );
    let off = "SSLProxyCheckPeerName off";
    let own = apache.here(host, "sslproxycheckpeername").next_back();
    let engine = apache.find(host, "sslproxyengine").map(|(entry, _)| entry);
    let edit = match (own, engine) {
        (Some(own), _) => edits::replace_arg(context.files.node(own.at), 0, "off"),
        (None, Some(engine)) => Some(edits::insert_line_after(context.files.node(engine.at), off)),
        (None, None) => None,
    };
    Diagnostic::new(span, message, "certificates have names")
        .note("Apache logs: AH00898: Error during SSL Handshake with remote server returned by /")
        .help(format!("ask the backend by the name in its certificate, or write `{off}`"))
        .fix(edit.map(|edit| Fix::risky(format!("write {off}"), vec![edit])))
}
