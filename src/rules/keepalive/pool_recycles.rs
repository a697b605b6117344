//! `keepalive/pool-recycles`: a child of PHP-FPM that has done its number of requests closes a connection nginx keeps.

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::Nginx;
use crate::value::nginx_number;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "keepalive/pool-recycles",
    severity: Severity::Warning,
    summary: "nginx sends requests into connections of children that end after their number of requests",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/keepalive/pool-recycles.md"),
    check,
};

/// The requests of one connection where `keepalive_requests` does not say; 100 before 1.19.10.
const DEFAULT: u64 = 1000;

/// Children that end more often are met: with 50 requests each 5 of 3,000 POSTs were answered 502, with 500 none.
const OFTEN: u64 = 100;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops().filter(|(_, hop)| hop.protocol == Protocol::Fastcgi) {
        if let Some((severity, found)) = finding(context, nginx, hop) {
            sink.report_once_as(severity, found);
        }
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<(Severity, Diagnostic)> {
    let group = &nginx.upstreams[hop.upstream?];
    let number = |name| {
        let node = nginx.here(context.files, group.scope, name).last()?;
        Some((node, nginx_number(&node.arg(0)?).ok()?))
    };
    let (keepalive, _) = number("keepalive").filter(|(_, count)| *count > 0)?;
    let keep = nginx.find(context.files, hop.scope, "fastcgi_keep_conn")?.node;
    if !nginx.flag(context.files, hop.scope, "fastcgi_keep_conn", false)?.value {
        return None;
    }
    let each = match nginx.here(context.files, group.scope, "keepalive_requests").next() {
        Some(_) => number("keepalive_requests")?.1,
        None => DEFAULT,
    };
    let (_, pool) = hop.legs.iter().find_map(|leg| context.stack.pool_at(leg))?;
    let most =
        u64::try_from(pool.number("pm.max_requests")?).ok().filter(|&most| most > 0 && most <= each)?;
    let entry = pool.get("pm.max_requests")?;
    let message = format!(
        "each child of pool [{}] ends after {most} requests and closes the connection nginx keeps: a POST that meets the \
         closing answers 502",
        pool.name
    );
    let fix = Fix::risky("open a connection for each request", vec![edits::set_value(keep, "off")]);
    let severity = if most <= OFTEN { Severity::Warning } else { Severity::Hint };
    Some((
        severity,
        Diagnostic::new(keep.head(), message, "keeps the connection")
            .label(keepalive.head(), "uses it again")
            .label(entry.span, format!("the child ends after {most}"))
            .note("nginx logs: upstream prematurely closed connection while reading response header from upstream")
            .help("write `fastcgi_keep_conn off;`: on one machine a connection is opened anew in no time")
            .fix(fix),
    ))
}
