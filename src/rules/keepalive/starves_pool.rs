//! `keepalive/starves-pool`: connections nobody uses hold all the children of a pool.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::Pool;
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::{Nginx, ScopeId};
use crate::tree::{At, NodeRef};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "keepalive/starves-pool",
    severity: Severity::Warning,
    summary: "connections nobody uses hold all the children of a pool",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/keepalive/starves-pool.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for hop in context.stack.hops.iter().filter(|hop| hop.protocol == Protocol::Fastcgi) {
        if let Some(found) = finding(context, hop).filter(|found| seen.insert(found.span())) {
            sink.report(found);
        }
    }
}

fn finding(context: &Context<'_>, hop: &Hop) -> Option<Diagnostic> {
    let nginx = context.stack.nginx_of(hop)?;
    let (keepalive, kept) = kept(context, nginx, hop)?;
    let (_, pool) = hop.legs.iter().find_map(|leg| context.stack.pool_at(leg))?;
    let children = pool.get("pm.max_children")?;
    let most = u64::try_from(pool.number("pm.max_children")?).ok().filter(|&most| most > 0)?;
    let (workers, known) = workers(context, nginx)?;
    let others = others(context, nginx, hop, pool);
    // What the others keep of the pool is lost for one that asks now; its own connections it uses again.
    let idle = (workers - 1).saturating_mul(kept).saturating_add(others.saturating_mul(workers));
    if idle < most {
        return None;
    }
    let keep = nginx.find(context.files, hop.scope, "fastcgi_keep_conn")?.node;
    let each = if known { format!("{workers} workers") } else { "each worker".to_owned() };
    let keeps = if known { "keep" } else { "keeps" };
    let message = format!(
        "{each} of nginx {keeps} up to {kept} idle connections, each of which holds one of the {most} children of pool \
         [{}]: with none left, requests answer 504",
        pool.name
    );
    Some(
        Diagnostic::new(keep.head(), message, "keeps the child with the connection")
            .label(keepalive.head(), "this many in each worker")
            .label(children.span, "all the children there are")
            .note(
                "nginx logs: upstream timed out (110: Connection timed out) while reading response header from upstream",
            )
            .help("write `fastcgi_keep_conn off;`: a local socket is opened anew in no time")
            .fix(Fix::risky("close connections to PHP after each request", vec![edits::set_value(keep, "off")])),
    )
}

/// How many idle connections each worker keeps for a hop.
fn kept<'a>(context: &Context<'a>, nginx: &'a Nginx, hop: &Hop) -> Option<(NodeRef<'a>, u64)> {
    if !nginx.flag(context.files, hop.scope, "fastcgi_keep_conn", false)?.value {
        return None;
    }
    group(context, nginx, nginx.upstreams.get(hop.upstream?)?.scope)
}

/// How many idle connections each worker keeps for an upstream.
fn group<'a>(context: &Context<'a>, nginx: &'a Nginx, scope: ScopeId) -> Option<(NodeRef<'a>, u64)> {
    let node = nginx.here(context.files, scope, "keepalive").last()?;
    Some((node, node.arg(0)?.parse().ok()?))
}

/// How many each worker keeps for other upstreams that end in the same pool.
fn others(context: &Context<'_>, nginx: &Nginx, hop: &Hop, pool: &Pool) -> u64 {
    let mut seen: HashSet<At> = HashSet::new();
    let mut sum = 0_u64;
    for other in context.stack.hops.iter().filter(|other| other.gateway == hop.gateway) {
        let Some(upstream) = other.upstream.filter(|_| other.upstream != hop.upstream) else { continue };
        let same =
            other.legs.iter().filter_map(|leg| context.stack.pool_at(leg)).any(|(_, one)| one.at == pool.at);
        if same
            && let Some((_, kept)) =
                kept(context, nginx, other).filter(|_| seen.insert(nginx.upstreams[upstream].at))
        {
            sum = sum.saturating_add(kept);
        }
    }
    sum
}

/// How many workers there are, and whether that is certain: `auto` is one for each core, of which a server has two
/// at least.
fn workers(context: &Context<'_>, nginx: &Nginx) -> Option<(u64, bool)> {
    if !nginx.whole {
        return None;
    }
    match nginx.here(context.files, ScopeId(0), "worker_processes").last() {
        None => Some((1, true)),
        Some(node) => match &*node.arg(0)? {
            "auto" => Some((2, false)),
            text => text.parse().ok().filter(|&count| count > 0).map(|count| (count, true)),
        },
    }
}
