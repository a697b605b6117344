//! `limit/real-ip-from-all`: every visitor may say which address he has.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Address, Nginx, Place, ScopeId, Sites};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "limit/real-ip-from-all",
    severity: Severity::Warning,
    summary: "nginx takes the address of a visitor from a header that every visitor may send",
    fixable: Fixable::No,
    card: include_str!("../../../rules/limit/real-ip-from-all.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        let all: Vec<Place<'_>> = nginx.places(context.files).filter(trusts_all).collect();
        if all.is_empty() {
            continue;
        }
        let open = open_servers(context, nginx);
        for place in
            all.iter().filter(|place| open.iter().any(|&server| holds_for(nginx, place.scope, server)))
        {
            sink.report_once(finding(context, nginx, place));
        }
    }
}

/// Whether a network without a single fixed bit is trusted.
fn trusts_all(place: &Place<'_>) -> bool {
    let network = || place.node.arg(0).is_some_and(|network| network.ends_with("/0"));
    place.node.name() == "set_real_ip_from" && network()
}

/// The servers that others than programs of this machine get to.
fn open_servers(context: &Context<'_>, nginx: &Nginx) -> Vec<ScopeId> {
    let sites = Sites::of(nginx, context.files).sites;
    let open = sites.into_iter().filter(|site| match &site.address {
        Address::V4(host, _) => !host.is_loopback(),
        Address::V6(host, _) => !host.is_loopback(),
        Address::Name(name, _) => name != "localhost",
        Address::Unix(_) => false,
    });
    open.flat_map(|site| site.listens).map(|listen| listen.server).collect()
}

/// Whether a directive in `scope` holds for a server: it stands around it, in it, or in one of its locations.
fn holds_for(nginx: &Nginx, scope: ScopeId, server: ScopeId) -> bool {
    nginx.around(server).chain(nginx.inside(server)).any(|id| id == scope)
}

fn finding(context: &Context<'_>, nginx: &Nginx, place: &Place<'_>) -> Option<Diagnostic> {
    let network = place.node.arg(0)?;
    let header = nginx.text(context.files, place.scope, "real_ip_header");
    let name = header.as_ref().map_or("X-Real-IP", |header| header.value.as_str());
    if name.eq_ignore_ascii_case("proxy_protocol") || !nginx.is_certain(place.scope) {
        return None;
    }
    let recursive = nginx.flag(context.files, place.scope, "real_ip_recursive", false)?;
    let message = format!(
        "{network} is everybody: whoever gets to this server says in {name} which address he has, and so passes `allow`, \
         `deny` and limits by address"
    );
    let mut found = Diagnostic::new(place.node.head(), message, "trusts every visitor")
        .note("nothing is logged but the address that the visitor has made up")
        .help("write the address or the network of the gateway in front, such as `set_real_ip_from 10.0.0.0/8;`");
    if let Some(span) = recursive.span().filter(|_| recursive.value) {
        found = found.label(
            span,
            "with this even a gateway in front does not help: the first address of the header counts",
        );
    }
    Some(found)
}
