//! `routing/preserve-host-off`: Apache asks a backend for its address, and the backend answers with another site.

use std::collections::HashMap;

use super::host_not_sent::Sites;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::load::apache::Arg;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, InForce};
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::ScopeId;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "routing/preserve-host-off",
    severity: Severity::Warning,
    summary: "Apache asks a backend for its address, not for the host of the visitor, and another site answers",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/routing/preserve-host-off.md"),
    check,
};

const LINE: &str = "ProxyPreserveHost On";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut backends = HashMap::new();
    for (apache, hop) in context.stack.apache_hops() {
        sink.report_once(finding(context, apache, hop, &mut backends));
    }
}

fn finding(
    context: &Context<'_>,
    apache: &Apache,
    hop: &Hop,
    backends: &mut HashMap<Endpoint, Option<Sites>>,
) -> Option<Diagnostic> {
    let http = matches!(hop.protocol, Protocol::Http | Protocol::Https) && hop.upstream.is_none();
    let vhost = apache.vhost_of(hop.scope);
    if !http || vhost == ScopeId(0) || !apache.whole || is_told(apache, vhost) {
        return None;
    }
    let InForce::Known(line) = apache.merged(hop.scope, "proxypreservehost") else { return None };
    if line.is_some_and(|line| !line.value(0).is_some_and(|value| value.eq_ignore_ascii_case("off"))) {
        return None;
    }
    let [leg] = hop.legs.as_slice() else { return None };
    let sent = authority(apache.url_of(hop)?.1)?.to_ascii_lowercase();
    let found = backends.entry(leg.endpoint.clone()).or_insert_with(|| Sites::at(context, leg));
    let sites = found.as_ref()?;
    let asked: Vec<String> = apache.names(vhost).map(str::to_ascii_lowercase).collect();
    let (name, meant, first) = sites.missed(&sent, &asked)?;
    let message = format!(
        "Apache asks the backend for the host `{sent}`, which it does not have: its first site answers, not `{name}`"
    );
    let node = context.files.node(hop.at);
    let edit =
        match line.filter(|line| apache.here(hop.scope, "proxypreservehost").any(|own| own.at == line.at)) {
            Some(own) => edits::replace_arg(context.files.node(own.at), 0, "On")?,
            None => edits::insert_line_before(node, LINE),
        };
    Some(
        Diagnostic::new(hop.span, message, "sends the host of this URL")
            .label(meant, format!("`{name}` is here"))
            .label(first, "this one answers")
            .note("the visitor gets 404, 421 or another site; Apache logs nothing but that status")
            .help(format!("write `{LINE}`"))
            .fix(Fix::risky("ask for the host of the visitor", vec![edit])),
    )
}

/// Whether a line of the virtual host or around it sets the header by hand.
fn is_told(apache: &Apache, vhost: ScopeId) -> bool {
    let is_host = |arg: &Arg| arg.value.eq_ignore_ascii_case("host");
    apache.section_ids().any(|id| {
        let of = apache.vhost_of(id);
        let mut entries = apache.section(id).entries.iter();
        (of == vhost || of == ScopeId(0))
            && entries.any(|entry| entry.name == "requestheader" && entry.args.iter().take(3).any(is_host))
    })
}

/// Host and port of a URL.
fn authority(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.split(['/', '?']).next().filter(|host| !host.is_empty() && !host.contains('$'))
}
