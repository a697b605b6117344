//! `socket/client-left-out`: `listen.allowed_clients` has addresses, and not the one the gateway comes from.

use std::net::IpAddr;

use super::gateway;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::target;
use crate::stack::endpoint::Endpoint;
use crate::stack::fpm::{Entry, Pool};
use crate::stack::hop::Hop;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "socket/client-left-out",
    severity: Severity::Error,
    summary: "listen.allowed_clients leaves out the gateway that calls the pool from this machine",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/socket/client-left-out.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (_, pool) in context.stack.pools() {
        let Some(entry) = pool.get("listen.allowed_clients") else { continue };
        if let Some((hop, source)) = left_out(context, pool, entry) {
            let text = format!("{},{source}", entry.value.trim_end_matches(','));
            let edit = edits::restate(context.files.node(entry.at), &text);
            let fix = Fix::risky(format!("let {source} in"), vec![edit]);
            sink.report(finding(pool, entry, hop, source, &text).fix(fix));
        }
    }
}

/// A gateway that calls the pool by an address of the loopback interface, and the address it has then.
fn left_out<'a>(context: &Context<'a>, pool: &Pool, entry: &Entry) -> Option<(&'a Hop, IpAddr)> {
    let allowed: Vec<&str> = entry.value.split(',').filter(|text| !text.is_empty()).collect();
    // What is no address is told by socket/allowed-clients.
    let allowed: Vec<IpAddr> = allowed.iter().map(|text| text.parse().ok()).collect::<Option<_>>()?;
    let listens_here = matches!(pool.listen, Some(Endpoint::Tcp { .. })) && !allowed.is_empty();
    let callers = context.stack.callers(context.files, pool).into_iter().filter(|_| listens_here);
    callers.map(|caller| caller.hop).find_map(|hop| {
        let source =
            hop.legs.iter().filter(|leg| Some(&leg.endpoint) == pool.listen.as_ref()).find_map(|leg| {
                let Endpoint::Tcp { host, .. } = &leg.endpoint else { return None };
                host.trim_matches(['[', ']']).parse::<IpAddr>().ok().filter(IpAddr::is_loopback)
            })?;
        // The kernel takes the address that is called for that of the caller, too.
        let same = |address: &IpAddr| address.to_canonical() == source;
        (!allowed.iter().any(same)).then_some((hop, source))
    })
}

fn finding(pool: &Pool, entry: &Entry, hop: &Hop, source: IpAddr, text: &str) -> Diagnostic {
    let message = format!(
        "pool [{}] lets in {} alone, and {} calls it from {source}: every request answers {}",
        pool.name,
        entry.value.replace(',', " and "),
        gateway(hop),
        target::status(hop)
    );
    Diagnostic::new(entry.span, message, format!("without {source}"))
        .label(hop.span, format!("{} calls it here", gateway(hop)))
        .note(format!(
            "FPM logs, with catch_workers_output: ERROR: Connection disallowed: IP address '{source}' has been dropped."
        ))
        .help(format!("write `listen.allowed_clients = {text}`"))
}
