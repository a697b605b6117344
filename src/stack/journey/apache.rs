//! A request on its way through Apache.

use super::Request;
use crate::stack::Stack;
use crate::stack::apache::{Apache, SectionKind};
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Gateway, Hop, Protocol};
use crate::stack::nginx::ScopeId;

/// A request with a path of the `ProxyPass` and a name of the virtual host.
pub(super) fn example(stack: &Stack, apache: &Apache, hop: &Hop) -> Option<Request> {
    let vhost = apache.vhost_of(hop.scope);
    let host = apache.names(vhost).next().unwrap_or_default();
    let (from, _) = mapping(apache, hop)?;
    let end = if from.ends_with('/') { "a" } else { "/a" };
    let request = Request::new(host, format!("{from}{end}"));
    let index = stack.apache.iter().position(|other| std::ptr::eq(other, apache))?;
    answers(stack, index, vhost, &request).filter(|found| found.at == hop.at).map(|_| request)
}

/// The path a hop is for, and the URL it goes to.
fn mapping<'a>(apache: &'a Apache, hop: &Hop) -> Option<(&'a str, &'a str)> {
    let (entry, url) = apache.url_of(hop)?;
    if entry.name != "proxypass" || url.contains(['$', '%']) {
        return None;
    }
    let section = apache.section(hop.scope);
    let from = match section.kind {
        SectionKind::Location => section.args.first().filter(|_| section.args.len() == 1)?.value.as_str(),
        SectionKind::VirtualHost | SectionKind::Server => entry.value(0).filter(|from| *from != url)?,
        _ => return None,
    };
    (from.starts_with('/') && !from.contains(['*', '?', '['])).then_some((from, url))
}

/// What a hop makes of a request.
pub(super) fn sent(apache: &Apache, hop: &Hop, request: &Request) -> Option<Request> {
    let (from, url) = mapping(apache, hop)?;
    let rest = url.split_once("://")?.1;
    let (authority, to) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let preserve = apache.find(hop.scope, "proxypreservehost").and_then(|(entry, _)| entry.value(0));
    let host = match preserve {
        Some(value) if value.eq_ignore_ascii_case("on") => request.host.as_str(),
        _ => authority,
    };
    let path = format!("{to}{}", request.path.strip_prefix(from)?);
    let path = if path.starts_with('/') { path } else { format!("/{path}") };
    Some(Request::new(host, path))
}

/// The hop that gets a request which comes to an address of an Apache.
pub(super) fn taken<'a>(stack: &'a Stack, index: usize, at: &Endpoint, request: &Request) -> Option<&'a Hop> {
    let apache = &stack.apache[index];
    let Endpoint::Tcp { host, port } = at else { return None };
    if !apache.whole {
        return None;
    }
    let on = |vhost: ScopeId, address: &str| {
        apache.section(vhost).args.iter().any(|arg| {
            arg.value
                .rsplit_once(':')
                .is_some_and(|(name, text)| name == address && text.parse() == Ok(*port))
        })
    };
    let all: Vec<_> = apache.vhosts().filter(|&vhost| apache.answers_port(vhost, *port)).collect();
    let own: Vec<_> = all.iter().copied().filter(|&vhost| on(vhost, host)).collect();
    let shared = || all.iter().copied().filter(|&vhost| on(vhost, "*") || on(vhost, "_default_")).collect();
    let vhosts: Vec<ScopeId> = if own.is_empty() { shared() } else { own };
    if vhosts.is_empty() && !all.is_empty() {
        return None;
    }
    let named = |vhost: ScopeId| {
        apache.names(vhost).any(|name| {
            let name = name.to_ascii_lowercase();
            name == request.host || name.strip_prefix('*').is_some_and(|end| request.host.ends_with(end))
        })
    };
    let vhost =
        vhosts.iter().copied().find(|&vhost| named(vhost)).or(vhosts.first().copied()).unwrap_or(ScopeId(0));
    answers(stack, index, vhost, request)
}

/// The hop that answers a path in a virtual host.
fn answers<'a>(stack: &'a Stack, index: usize, vhost: ScopeId, request: &Request) -> Option<&'a Hop> {
    let apache = &stack.apache[index];
    if !is_plain(apache, vhost) {
        return None;
    }
    let covers = |from: &str| {
        let rest = request.path.strip_prefix(from);
        rest.is_some_and(|rest| rest.is_empty() || from.ends_with('/') || rest.starts_with('/'))
    };
    // The `ProxyPass` of a section is asked before those of the virtual host.
    let sections = apache.section_ids().filter(|&id| apache.section(id).parent == Some(vhost));
    let mut places: Vec<ScopeId> =
        sections.filter(|&id| apache.section(id).kind == SectionKind::Location).collect();
    places.push(vhost);
    let mut inner = Vec::new();
    for place in places {
        for entry in apache.here(place, "proxypass") {
            let hop = stack.hops_in(Gateway::Apache(index), place).find(|hop| hop.at == entry.at);
            let Some(hop) = hop else {
                // `ProxyPass /static !`
                if entry.value(0).is_some_and(covers) {
                    return None;
                }
                continue;
            };
            if covers(mapping(apache, hop)?.0) {
                inner.push(hop);
            }
        }
    }
    let in_sections = inner.iter().filter(|hop| hop.scope != vhost).count();
    let hop = inner.into_iter().next().filter(|_| in_sections < 2)?;
    matches!(hop.protocol, Protocol::Http | Protocol::Https).then_some(hop)
}

/// Whether nothing rewrites, and nobody is turned away for where the request comes from.
fn is_plain(apache: &Apache, vhost: ScopeId) -> bool {
    let of_vhost = |section| {
        let around = apache.vhost_of(section);
        around == vhost || around == ScopeId(0)
    };
    let acts = ["rewriterule", "proxypassmatch", "redirect", "redirectmatch", "proxyblock", "deny"];
    let acts = acts.into_iter().any(|name| apache.everywhere(name).any(|(section, _)| of_vhost(section)));
    let guards = apache.everywhere("require").any(|(section, entry)| {
        let kinds = [SectionKind::Location, SectionKind::Proxy, SectionKind::Other];
        let guarded = apache.around(section).any(|around| kinds.contains(&apache.section(around).kind));
        of_vhost(section) && guarded && entry.value(0) != Some("all")
    });
    let branches = apache.section_ids().any(|id| {
        let conditional =
            apache.section(id).word.is_some_and(|word| matches!(word.name, "If" | "ElseIf" | "Else"));
        conditional && of_vhost(id)
    });
    !acts && !guards && !branches
}
