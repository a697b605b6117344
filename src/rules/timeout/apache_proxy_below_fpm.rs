//! `timeout/apache-proxy-below-fpm`: Apache waits less for an answer than the pool may take.

use super::ladder::{self, Wait};
use super::{apache_seconds, handler_ignores_worker};
use crate::diagnostic::{Edit, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Entry};
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::ScopeId;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "timeout/apache-proxy-below-fpm",
    severity: Severity::Warning,
    summary: "Apache waits less for an answer than the pool may take",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/timeout/apache-proxy-below-fpm.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let explained = handler_ignores_worker::handlers_without_their_worker(context);
    let waits = |hop: &Hop| if explained.contains(&hop.at) { Vec::new() } else { waits(context, hop) };
    for group in ladder::broken(context, waits) {
        let Some(worst) = group.first() else { continue };
        let (status, log) = answer(worst.hop.protocol);
        let Some(found) = ladder::finding(&group, "Apache", status) else { continue };
        let help = match worst.wait.name.as_str() {
            "timeout=" => format!("write `timeout={}`", worst.needed),
            _ => format!("write `ProxyTimeout {}` in the virtual host", worst.needed),
        };
        let fix = ladder::repair(&group, |rung| raise(context, rung.hop, &rung.wait, rung.needed));
        sink.report(found.note(log).help(help).fix(fix));
    }
}

/// What the visitor gets when Apache gives up, and what it logs.
pub(super) fn answer(protocol: Protocol) -> (u16, &'static str) {
    match protocol {
        Protocol::Fastcgi => (
            504,
            "Apache logs: (70007)The timeout specified has expired: AH01075: Error dispatching request to : (polling)",
        ),
        _ => (
            502,
            "Apache logs: (70007)The timeout specified has expired: AH01102: error reading status line from remote server",
        ),
    }
}

/// How long Apache waits at a hop: in the virtual host the hop stands in, and for a handler of the main server also
/// in every virtual host that sets a time of its own and serves files.
pub(in crate::rules) fn waits(context: &Context<'_>, hop: &Hop) -> Vec<Wait> {
    let Some(apache) = context.stack.apache_of(hop).filter(|_| hop.upstream.is_none()) else {
        return Vec::new();
    };
    let Some((entry, url)) = apache.url_of(hop) else { return Vec::new() };
    let home = apache.vhost_of(hop.scope);
    let inside = |vhost: ScopeId| {
        context
            .stack
            .hops
            .iter()
            .any(|other| other.gateway == hop.gateway && apache.vhost_of(other.scope) == vhost)
    };
    let sets = |vhost: ScopeId| {
        ["proxytimeout", "timeout"].iter().any(|name| apache.here(vhost, name).next().is_some())
    };
    let is_handler = home == ScopeId(0) && !entry.name.starts_with("proxypass");
    let others = apache.vhosts().filter(|&vhost| is_handler && sets(vhost) && !inside(vhost));
    let vhosts = std::iter::once(home).chain(others);
    vhosts.filter_map(|vhost| wait(context, apache, entry, url, vhost)).collect()
}

/// How long Apache waits for `url` in a virtual host: as its worker says, else `ProxyTimeout`, else `Timeout`; `None`
/// when that is written as Apache does not read it, or may be set out of sight.
fn wait(context: &Context<'_>, apache: &Apache, entry: &Entry, url: &str, vhost: ScopeId) -> Option<Wait> {
    let of = |seconds: i64, name: &str, span, own| {
        let millis = u64::try_from(seconds).ok()? * 1000;
        Some(Wait { millis, name: name.to_owned(), span, own, scope: vhost })
    };
    if let Some((text, span)) = apache.worker_param(url, vhost, "timeout") {
        return of(apache_seconds(text)?, "timeout=", Some(span), Some(span));
    }
    for (name, shown) in [("proxytimeout", "ProxyTimeout"), ("timeout", "Timeout")] {
        let Some((entry_found, inherited)) = apache.find(vhost, name) else { continue };
        let arg = entry_found.args.first()?;
        let own = (name == "proxytimeout" && !inherited).then_some(arg.span);
        let own = own.filter(|_| !entry.name.starts_with("proxypass") || vhost != ScopeId(0));
        return of(apache_seconds(&arg.value)?, shown, Some(entry_found.span(context.files)), own);
    }
    if apache.whole { of(60, "ProxyTimeout", None, None) } else { None }
}

/// Raises the value where it stands for this virtual host alone, else gives the `ProxyPass` line or the virtual host
/// its own.
pub(super) fn raise(context: &Context<'_>, hop: &Hop, wait: &Wait, needed: i64) -> Option<Edit> {
    if let Some(span) = wait.own {
        let text = if wait.name == "timeout=" { format!("timeout={needed}") } else { needed.to_string() };
        return Some(Edit::replace(span, super::quoted_like(context, span, &text)));
    }
    let apache = context.stack.apache_of(hop)?;
    let (entry, _) = apache.url_of(hop)?;
    if entry.name.starts_with("proxypass") {
        let end = entry.span(context.files).hi;
        return Some(Edit::insert(end, format!(" timeout={needed}")));
    }
    let at = outermost(apache, hop, wait.scope).unwrap_or(hop.at);
    Some(edits::insert_line_before(context.files.node(at), &format!("ProxyTimeout {needed}")))
}

/// The section directly in the virtual host `scope` that the hop stands in; of a hop of the main server, the line in
/// that virtual host that sets its time.
fn outermost(apache: &Apache, hop: &Hop, scope: ScopeId) -> Option<crate::tree::At> {
    let above = apache.around(hop.scope).find(|&id| apache.section(id).parent == Some(scope));
    if let Some(section) = above {
        return apache.section(section).at;
    }
    let entry = apache.here(scope, "timeout").next_back()?;
    Some(entry.at)
}
