//! `fpm/catch-workers-output-off`: what the children of a pool say is thrown away.

use std::net::IpAddr;

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::endpoint::Endpoint;
use crate::stack::fpm::{Entry, Fpm, Pool};
use crate::stack::php::effective;
use crate::value;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/catch-workers-output-off",
    severity: Severity::Hint,
    summary: "PHP-FPM throws away what its children say about a failure",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/fpm/catch-workers-output-off.md"),
    check,
};

const KEY: &str = "catch_workers_output";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in context.stack.fpm.iter().filter(|fpm| fpm.whole) {
        for pool in &fpm.pools {
            sink.report_some(finding(context, fpm, pool));
        }
    }
}

fn finding(context: &Context<'_>, fpm: &Fpm, pool: &Pool) -> Option<Diagnostic> {
    let clients = allowed_clients(pool);
    let (entry, edit) = match pool.get(KEY) {
        Some(entry) if is_off(entry) && (clients.is_some() || !has_php_log(context, fpm, pool)) => {
            (entry, edits::restate(context.files.node(entry.at), "yes"))
        }
        Some(_) => return None,
        // Off is the default, which matters where children refuse callers.
        None => {
            let node = context.files.node(clients?.at);
            (clients?, edits::insert_line_after(node, &edits::key_like(node, KEY, "yes")))
        }
    };
    let name = &pool.name;
    let lost = match clients {
        Some(_) => "no log tells which callers it refuses, and they get 502",
        None => "no log tells why one of them failed",
    };
    let message = format!("FPM throws away what the children of pool [{name}] say: {lost}");
    let mut found = Diagnostic::new(entry.span, message, format!("{KEY} is off"));
    if clients.is_some() {
        found = found.note(format!(
            "with `yes` FPM logs: WARNING: [pool {name}] child 4711 said into stderr: \"ERROR: Connection disallowed: IP address '10.0.0.7' has been dropped.\""
        ));
    }
    Some(found.help(format!("write `{KEY} = yes`")).fix(Fix::risky("log what they say", vec![edit])))
}

fn is_off(entry: &Entry) -> bool {
    !entry.broken && value::fpm_bool(&entry.value, !entry.bare) == Ok(false)
}

/// The list of those who may call, on a port: on a socket it means nothing, and a value that is no list of addresses
/// says nothing certain.
fn allowed_clients(pool: &Pool) -> Option<&Entry> {
    let entry = pool.said("listen.allowed_clients").filter(|entry| !entry.broken)?;
    let addresses = entry.read().split(',').all(|client| client.trim().parse::<IpAddr>().is_ok());
    (addresses && matches!(pool.listen, Some(Endpoint::Tcp { .. }))).then_some(entry)
}

/// Whether PHP has a log of its own for what fails in its scripts.
fn has_php_log(context: &Context<'_>, fpm: &Fpm, pool: &Pool) -> bool {
    !effective(context.stack.php_of(fpm), Some(pool), "error_log", "").value.is_empty()
}
