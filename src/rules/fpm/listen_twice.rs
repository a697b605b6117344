//! `fpm/listen-twice`: two pools listen on one address.

use super::{is_computed, outage};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::endpoint::Endpoint;
use crate::stack::fpm::{Entry, Fpm, Pool};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/listen-twice",
    severity: Severity::Error,
    summary: "two pools that listen on one address, with which PHP-FPM does not start",
    fixable: Fixable::No,
    card: include_str!("../../../rules/fpm/listen-twice.md"),
    check,
};

/// A pool with the line that says where it listens.
type Listening<'a> = (&'a Pool, &'a Entry, &'a Endpoint);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in &context.stack.fpm {
        let mut listening: Vec<Listening<'_>> = fpm.pools.iter().filter_map(listening).collect();
        // Those that can meet stand side by side, in the order of the files.
        listening.sort_by_key(|(_, _, endpoint)| key(endpoint));
        for same in listening.chunk_by(|one, other| key(one.2) == key(other.2)) {
            for (number, second) in same.iter().enumerate() {
                let first = same[..number].iter().find(|first| meet(first.2, second.2));
                if let Some(first) = first {
                    if is_shared(first, second) {
                        sink.report_as(Severity::Warning, shared(first, second));
                    } else {
                        sink.report(finding(context, fpm, first, second));
                    }
                }
            }
        }
    }
}

fn listening(pool: &Pool) -> Option<Listening<'_>> {
    let entry = pool.said("listen").filter(|entry| !is_computed(entry))?;
    let endpoint = pool.listen.as_ref().filter(|endpoint| **endpoint != Endpoint::Unresolved)?;
    Some((pool, entry, endpoint))
}

/// The path of a socket, or a port: endpoints with different ones never meet.
fn key(endpoint: &Endpoint) -> (&str, u16) {
    match endpoint {
        Endpoint::Unix(path) => (path, 0),
        Endpoint::Tcp { port, .. } => ("", *port),
        Endpoint::Unresolved => ("", 0),
    }
}

/// Whether the system lets only one of them listen: the same address, or one of them is all addresses.
fn meet(one: &Endpoint, other: &Endpoint) -> bool {
    match (one, other) {
        (Endpoint::Tcp { host, .. }, Endpoint::Tcp { host: second, .. }) => {
            host == second || host == "*" || second == "*"
        }
        _ => one == other,
    }
}

/// Whether FPM knows both for the same address, though they are written in two ways: it makes one socket then, for
/// both pools. A port alone and a star are `[::]` to it.
fn is_shared(first: &Listening<'_>, second: &Listening<'_>) -> bool {
    let is_any = |entry: &Entry| {
        let host = entry.read().rsplit_once(':').map_or("", |(host, _)| host);
        matches!(host, "" | "*" | "[::]")
    };
    let is_tcp = matches!(second.2, Endpoint::Tcp { .. });
    is_tcp && first.1.read() != second.1.read() && is_any(first.1) && is_any(second.1)
}

fn shared((one, before, _): &Listening<'_>, (pool, entry, _): &Listening<'_>) -> Diagnostic {
    let message = format!(
        "pools [{}] and [{}] listen on one address, written in two ways: PHP-FPM starts, and a request is answered by either",
        one.name, pool.name
    );
    Diagnostic::new(entry.span, message, "the same socket")
        .label(before.span, format!("of pool [{}]", one.name))
        .note("`php-fpm -t` says that the test is successful, and nothing is logged")
        .help("give each pool an address of its own, and name it in the web server")
}

fn finding(context: &Context<'_>, fpm: &Fpm, first: &Listening<'_>, second: &Listening<'_>) -> Diagnostic {
    let ((one, before, _), (pool, entry, _)) = (first, second);
    let message = format!(
        "pools [{}] and [{}] listen on the same address: {}",
        one.name,
        pool.name,
        outage(context, fpm)
    );
    let logs = if before.value == entry.value {
        format!(
            "ERROR: [pool {}] unable to set listen address as it's already used in another pool '{}'",
            pool.name, one.name
        )
    } else {
        format!(
            "ERROR: unable to bind listening socket for address '{}': Address already in use (98); `php-fpm -t` does not see it",
            entry.value
        )
    };
    Diagnostic::new(entry.span, message, "taken already")
        .label(before.span, format!("by pool [{}]", one.name))
        .note(format!("FPM logs: {logs}"))
        .help("give each pool an address of its own, and name it in the web server")
}
