//! `socket/allowed-clients`: `listen.allowed_clients` holds what FPM does not take for an address.

use std::net::IpAddr;

use super::gateway;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::target;
use crate::stack::access::Caller;
use crate::stack::endpoint::Endpoint;
use crate::stack::fpm::{Entry, Pool};
use crate::stack::hop::Leg;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "socket/allowed-clients",
    severity: Severity::Error,
    summary: "listen.allowed_clients holds what FPM takes for no address, and those clients are turned away",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/socket/allowed-clients.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (_, pool) in context.stack.pools() {
        // A unix socket has no addresses to compare with.
        if let (Some(Endpoint::Tcp { .. }), Some(entry)) = (&pool.listen, pool.get("listen.allowed_clients"))
            && let Some(list) = List::with_faults(&entry.value)
        {
            sink.report(finding(context, pool, entry, &list));
        }
    }
}

/// The value, taken apart at its commas as FPM does.
struct List<'a> {
    entries: Vec<&'a str>,
}

impl<'a> List<'a> {
    /// `None` when FPM takes every entry. An empty one beside others turns nobody away.
    fn with_faults(value: &'a str) -> Option<Self> {
        let list = Self { entries: value.split(',').collect() };
        let faulty = list.dropped().next().is_some() || list.is_empty();
        faulty.then_some(list)
    }

    /// Whether nothing is left, so that nobody may connect.
    fn is_empty(&self) -> bool {
        !self.entries.iter().any(|entry| is_address(entry))
    }

    fn dropped(&self) -> impl Iterator<Item = &'a str> {
        self.entries.iter().copied().filter(|entry| !entry.is_empty() && !is_address(entry))
    }

    /// The addresses of the value, and the one the gateway of this machine comes from.
    fn with_loopback(&self) -> String {
        let mut kept: Vec<&str> = self.entries.iter().copied().filter(|entry| is_address(entry)).collect();
        if !kept.contains(&"127.0.0.1") {
            kept.push("127.0.0.1");
        }
        kept.join(",")
    }

    /// The value without the blanks and brackets around addresses, if that changes it.
    fn mended(&self) -> Option<String> {
        let changed = self.dropped().any(|entry| is_address(bare(entry)));
        let mended = |entry: &&'a str| if is_address(bare(entry)) { bare(entry) } else { *entry };
        changed.then(|| self.entries.iter().map(mended).collect::<Vec<_>>().join(","))
    }
}

/// `inet_pton()`: FPM takes nothing else, not even a blank.
fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

fn bare(entry: &str) -> &str {
    let entry = entry.trim();
    entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry)
}

/// Whether all who call the pool do so by 127.0.0.1, so that they come from there.
fn calls_from_here(pool: &Pool, callers: &[Caller<'_>]) -> bool {
    let here = |leg: &Leg| matches!(&leg.endpoint, Endpoint::Tcp { host, .. } if host == "127.0.0.1");
    let legs = callers.iter().flat_map(|caller| &caller.hop.legs);
    let mut legs = legs.filter(|leg| Some(&leg.endpoint) == pool.listen.as_ref()).peekable();
    legs.peek().is_some() && legs.all(here)
}

fn finding(context: &Context<'_>, pool: &Pool, entry: &Entry, list: &List<'_>) -> Diagnostic {
    let callers = context.stack.callers(context.files, pool);
    let status = match callers.first() {
        Some(caller) => format!("answer {}", target::status(caller.hop)),
        None => "answer 502 from nginx, 503 from Apache".to_owned(),
    };
    let dropped: Vec<String> = list.dropped().map(|entry| format!("{entry:?}")).collect();
    let dropped = dropped.join(" and ");
    let message = match (list.is_empty(), dropped.is_empty()) {
        (true, true) => format!(
            "an empty listen.allowed_clients allows nobody, not everybody: all requests to pool [{}] {status}",
            pool.name
        ),
        (true, false) => format!(
            "FPM takes {dropped} for no address and has none left to allow: all requests to pool [{}] {status}",
            pool.name
        ),
        (false, _) => format!(
            "FPM takes {dropped} for no address and turns clients from there away: their requests to pool [{}] {status}",
            pool.name
        ),
    };
    let refused = list.dropped().next().map_or("", str::trim);
    let mut diagnostic = Diagnostic::new(entry.span, message, reason(list)).note(format!(
        "FPM logs, with catch_workers_output: ERROR: Wrong IP address '{}' in listen.allowed_clients, \
         then ERROR: Connection disallowed: IP address '{}' has been dropped.",
        list.dropped().next().unwrap_or_default(),
        if is_address(bare(refused)) { bare(refused) } else { "127.0.0.1" },
    ));
    for caller in callers.iter().take(1) {
        diagnostic = diagnostic.label(caller.hop.span, format!("{} calls it here", gateway(caller.hop)));
    }
    match list.mended() {
        Some(text) => {
            let edit = edits::restate(context.files.node(entry.at), &text);
            let fix = Fix::safe("write the addresses as FPM reads them", vec![edit]);
            diagnostic.help(format!("write `listen.allowed_clients = {text}`")).fix(fix)
        }
        None if calls_from_here(pool, &callers) && !entry.value.is_empty() => {
            let text = list.with_loopback();
            let edit = edits::restate(context.files.node(entry.at), &text);
            let fix = Fix::risky("name the addresses alone, and that of the gateway", vec![edit]);
            diagnostic.help(format!("write `listen.allowed_clients = {text}`")).fix(fix)
        }
        None => diagnostic.help("name each gateway by its address, with commas and no blanks between them"),
    }
}

fn reason(list: &List<'_>) -> &'static str {
    let any = |fits: fn(&str) -> bool| list.dropped().any(fits);
    if any(|entry| entry.starts_with(' ') || entry.ends_with(' ')) {
        "a blank beside a comma is part of the address"
    } else if any(|entry| entry.contains('/')) {
        "a network is no address"
    } else if any(|entry| entry.starts_with('[')) {
        "brackets are no part of an address"
    } else if list.dropped().next().is_some() {
        "a name is no address"
    } else {
        "no address"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bare_addresses_count() {
        let fine = |value| List::with_faults(value).is_none();
        assert!(fine("127.0.0.1") && fine("127.0.0.1,::1") && fine("127.0.0.1,"));
        assert!(!fine("") && !fine("127.0.0.1, ::1") && !fine("10.0.0.0/8") && !fine("any"));
    }

    #[test]
    fn blanks_and_brackets_are_taken_off_addresses_alone() {
        let mended = |value| List::with_faults(value).and_then(|list| list.mended());
        assert_eq!(
            mended("10.0.0.1 , [::1],web, 10.0.0.0/8").as_deref(),
            Some("10.0.0.1,::1,web, 10.0.0.0/8")
        );
        assert_eq!(mended("web"), None);
    }
}
