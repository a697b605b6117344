//! `tls/sslproxyengine-missing`: Apache is to speak TLS to another server, and was not told that it may.

use std::collections::HashSet;

use super::{apache_says, in_vhost, shown_by};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, SectionKind};
use crate::stack::hop::Hop;
use crate::stack::hop::Protocol::Https;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "tls/sslproxyengine-missing",
    severity: Severity::Error,
    summary: "Apache hands requests on over TLS, and SSLProxyEngine is not on",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/tls/sslproxyengine-missing.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for hop in context.stack.hops.iter().filter(|hop| hop.protocol == Https) {
        let Some(apache) = context.stack.apache_of(hop).filter(|apache| apache.whole) else { continue };
        let vhost = apache.vhost_of(hop.scope);
        let plain = hop
            .legs
            .iter()
            .flat_map(|leg| context.stack.listeners_at(leg))
            .any(|end| end.protocol != Some(Https));
        let says = apache_says(apache, hop.scope, "sslproxyengine", "on") || in_proxy(apache);
        // Of a virtual host that has many, one line is missing.
        if !says && !plain && seen.insert(apache.node(context.files, vhost).map(crate::tree::NodeRef::at)) {
            sink.report(finding(context, apache, hop));
        }
    }
}

/// `<Proxy>` may say it for its own addresses.
fn in_proxy(apache: &Apache) -> bool {
    apache.everywhere("sslproxyengine").any(|(section, _)| apache.section(section).kind == SectionKind::Proxy)
}

fn finding(context: &Context<'_>, apache: &Apache, hop: &Hop) -> Diagnostic {
    let place = apache.title(context.files, apache.vhost_of(hop.scope));
    let message =
        format!("TLS is spoken from here, and {place} has no `SSLProxyEngine on`: every request answers 500");
    let help = "write `SSLProxyEngine on` in the virtual host";
    let found = Diagnostic::new(hop.span, message, "speaks TLS").note(
        "Apache logs: AH01961:  failed to enable ssl support [Hint: if using mod_ssl, see SSLProxyEngine]",
    );
    if apache.modules.lacks("ssl_module") {
        return found.help(format!("load mod_ssl, and {help}"));
    }
    // What is called by an address of this machine is seldom called by a name of its certificate.
    let host = apache.url_of(hop).and_then(|(_, url)| url.split_once("://")).map_or("", |(_, rest)| rest);
    let host = host.split([':', '/']).next().unwrap_or_default();
    let ends: Vec<_> = hop.legs.iter().flat_map(|leg| context.stack.listeners_at(leg)).collect();
    let named =
        ends.iter().all(|end| shown_by(context, end).iter().any(|shown| shown.certificate.is_for(host)));
    let quiet = apache_says(apache, hop.scope, "sslproxycheckpeername", "off");
    let known =
        hop.legs.iter().all(|leg| !leg.endpoint.is_loopback()) || (named && !ends.is_empty()) || quiet;
    let lines: &[&str] =
        if known { &["SSLProxyEngine on"] } else { &["SSLProxyEngine on", "SSLProxyCheckPeerName off"] };
    let build = if known { Fix::safe } else { Fix::risky };
    let off = apache.here(apache.vhost_of(hop.scope), "sslproxyengine").next_back();
    let edit = match off {
        Some(off) => edits::replace_arg(context.files.node(off.at), 0, "on"),
        None => in_vhost(context, apache, hop, lines),
    };
    found.help(help).fix(edit.map(|edit| build("let Apache speak TLS", vec![edit])))
}
