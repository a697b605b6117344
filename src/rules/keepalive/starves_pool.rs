//! `keepalive/starves-pool`: connections nobody uses hold all the children of a pool.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::Pool;
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::{Nginx, ScopeId, Upstream};
use crate::tree::NodeRef;

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
    let kept: Vec<Kept<'_>> = context.stack.hops.iter().filter_map(|hop| Kept::read(context, hop)).collect();
    // What the workers keep of each pool, each upstream once.
    let (mut counted, mut pools) = (HashSet::new(), HashMap::new());
    for one in &kept {
        if counted.insert((one.pool.at, one.group.at)) {
            let sum: &mut u64 = pools.entry((one.pool.at, one.hop.gateway)).or_default();
            *sum = sum.saturating_add(one.count);
        }
    }
    for one in &kept {
        let all = pools.get(&(one.pool.at, one.hop.gateway)).copied().unwrap_or_default();
        sink.report_once(finding(context, one, all));
    }
}

/// A hop to a pool that leaves its connections open.
struct Kept<'a> {
    nginx: &'a Nginx,
    hop: &'a Hop,
    group: &'a Upstream,
    pool: &'a Pool,
    /// The `keepalive` of the upstream.
    node: NodeRef<'a>,
    /// How many idle connections each worker keeps for the upstream.
    count: u64,
}

impl<'a> Kept<'a> {
    fn read(context: &Context<'a>, hop: &'a Hop) -> Option<Self> {
        let nginx = context.stack.nginx_of(hop).filter(|_| hop.protocol == Protocol::Fastcgi)?;
        let group = nginx.upstreams.get(hop.upstream?)?;
        let node = nginx.here(context.files, group.scope, "keepalive").last()?;
        let count = node.arg(0)?.parse().ok()?;
        if !nginx.flag(context.files, hop.scope, "fastcgi_keep_conn", false)?.value {
            return None;
        }
        let (_, pool) = hop.legs.iter().find_map(|leg| context.stack.pool_at(leg))?;
        Some(Self { nginx, hop, group, pool, node, count })
    }
}

/// `all` is what each worker keeps of the pool, by whatever upstream.
fn finding(context: &Context<'_>, kept: &Kept<'_>, all: u64) -> Option<Diagnostic> {
    let (nginx, pool, count) = (kept.nginx, kept.pool, kept.count);
    let children = pool.get("pm.max_children")?;
    let most = u64::try_from(pool.number("pm.max_children")?).ok().filter(|&most| most > 0)?;
    let (workers, known) = workers(context, nginx)?;
    // What the others keep of the pool is lost for one that asks now; its own connections it uses again.
    let idle = workers.saturating_mul(all).saturating_sub(count);
    if idle < most {
        return None;
    }
    let keep = nginx.find(context.files, kept.hop.scope, "fastcgi_keep_conn")?.node;
    let each = if known { format!("{workers} workers") } else { "each worker".to_owned() };
    let keeps = if known { "keep" } else { "keeps" };
    let message = format!(
        "{each} of nginx {keeps} up to {count} idle connections, each of which holds one of the {most} children of pool \
         [{}]: with none left, requests answer 504",
        pool.name
    );
    Some(
        Diagnostic::new(keep.head(), message, "keeps the child with the connection")
            .label(kept.node.head(), "this many in each worker")
            .label(children.span, "all the children there are")
            .note(
                "nginx logs: upstream timed out (110: Connection timed out) while reading response header from upstream",
            )
            .help("write `fastcgi_keep_conn off;`: a local socket is opened anew in no time")
            .fix(Fix::risky("close connections to PHP after each request", vec![edits::set_value(keep, "off")])),
    )
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
