//! `apache/sslproxyengine-missing`: requests are handed on over TLS without `SSLProxyEngine on`.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Entry, SectionKind};
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::ScopeId;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/sslproxyengine-missing",
    severity: Severity::Error,
    summary: "requests are handed on over TLS without SSLProxyEngine, and answer 500",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/sslproxyengine-missing.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for hop in &context.stack.hops {
        let Some(apache) = context.stack.apache_of(hop).filter(|apache| apache.whole) else { continue };
        let host = apache.vhost_of(hop.scope);
        let Some((entry, url)) = apache.url_of(hop) else { continue };
        let has_ssl = apache.modules.loaded.iter().any(|(name, _)| name == "ssl_module");
        if hop.protocol == Protocol::Https && has_ssl && !enabled(apache, host) && seen.insert(host) {
            sink.report(finding(context, apache, hop, entry, url, host));
        }
    }
}

/// Whether `SSLProxyEngine` may be on: in the host, in the main server, or in a `<Proxy>` of either.
fn enabled(apache: &Apache, host: ScopeId) -> bool {
    let is_off = |entry: &Entry| entry.value(0).is_some_and(|value| value.eq_ignore_ascii_case("off"));
    let mut switches = apache.everywhere("sslproxyengine").filter(|(id, _)| {
        let of = apache.vhost_of(*id);
        of == host || of == ScopeId(0)
    });
    let own = apache.here(host, "sslproxyengine").next_back();
    let in_proxy = |id: ScopeId| apache.section(id).kind == SectionKind::Proxy;
    switches.any(|(id, entry)| !is_off(entry) && (in_proxy(id) || own.is_none_or(|own| !is_off(own))))
}

fn finding(
    context: &Context<'_>,
    apache: &Apache,
    hop: &Hop,
    entry: &Entry,
    url: &str,
    host: ScopeId,
) -> Diagnostic {
    let url = url.split('$').next().unwrap_or(url);
    let message = format!("`{url}` takes TLS, and `SSLProxyEngine` is off here: every request answers 500");
    let off = apache.here(host, "sslproxyengine").next_back();
    let line = context.files.node(entry.at);
    let top = std::iter::successors(Some(line), |node| node.parent())
        .take_while(|node| !node.is("VirtualHost"))
        .last()
        .unwrap_or(line);
    // A file in a section of its own, as an included one, has its line where it is.
    let edit = match off {
        Some(off) => edits::replace_arg(context.files.node(off.at), 0, "on"),
        None if entry.name == "rewriterule" && apache.section(hop.scope).kind == SectionKind::Directory => {
            None
        }
        None => Some(edits::insert_line_before(top, "SSLProxyEngine on")),
    };
    let mut found = Diagnostic::new(line.head(), message, "goes over TLS");
    if let Some(off) = off {
        found = found.label(off.span(context.files), "turned off");
    }
    found
        .note("Apache logs: AH01961:  failed to enable ssl support [Hint: if using mod_ssl, see SSLProxyEngine]")
        .help(format!("write `SSLProxyEngine on` in {}", if host == ScopeId(0) { "the server" } else { "the virtual host" }))
        .fix(edit.map(|edit| Fix::safe("turn SSLProxyEngine on", vec![edit])))
}
