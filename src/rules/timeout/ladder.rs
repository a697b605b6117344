//! The rungs of the way from the visitor to PHP that break: a gateway waits less than the pool may take.

use std::collections::BTreeMap;

use super::{Limit, MARGIN};
use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::rule::Context;
use crate::source::Span;
use crate::stack::fpm::Pool;
use crate::stack::hop::Hop;
use crate::stack::nginx::ScopeId;

/// How long a gateway waits at a hop.
#[derive(Debug, Clone)]
pub(in crate::rules) struct Wait {
    pub(in crate::rules) millis: u64,
    /// The directive or parameter: `proxy_read_timeout`.
    pub(in crate::rules) name: String,
    /// Where it is set; `None` for the default.
    pub(in crate::rules) span: Option<Span>,
    /// The argument to replace, when it holds for this hop alone or the block it stands in.
    pub(in crate::rules) own: Option<Span>,
    /// The virtual host or location it holds for.
    pub(in crate::rules) scope: ScopeId,
}

impl Wait {
    /// `60 s (default)`.
    pub(in crate::rules) fn words(&self) -> String {
        let default = if self.span.is_none() { " (default)" } else { "" };
        format!("{}{default}", seconds(self.millis))
    }
}

/// Milliseconds as people say them.
pub(super) fn seconds(millis: u64) -> String {
    if millis.is_multiple_of(1000) { format!("{} s", millis / 1000) } else { format!("{millis} ms") }
}

/// A gateway that waits less than the pool behind it may take.
#[derive(Debug)]
pub(super) struct Rung<'a> {
    pub(super) hop: &'a Hop,
    pub(super) wait: Wait,
    pub(super) pool: &'a Pool,
    pub(super) limit: Limit,
    /// What it has to wait at least, in seconds.
    pub(super) needed: i64,
}

/// All broken rungs, each group with one cause: the setting, or the hop where nothing is set. The rung that lacks
/// most comes first. `waits` says how long a hop waits, in every virtual host it serves.
pub(super) fn broken<'a>(context: &Context<'a>, waits: impl Fn(&'a Hop) -> Vec<Wait>) -> Vec<Vec<Rung<'a>>> {
    let mut groups: BTreeMap<Span, Vec<Rung<'a>>> = BTreeMap::new();
    for chain in context.stack.chains(context.files) {
        let last = chain.hops.last().copied();
        let Some(limit) = Limit::of(context, last, chain.fpm, chain.pool) else { continue };
        let mut needed = limit.seconds;
        for &hop in chain.hops.iter().rev() {
            needed += MARGIN;
            for wait in waits(hop) {
                if i128::from(wait.millis) < i128::from(limit.seconds) * 1000 {
                    let cause = wait.span.unwrap_or(hop.span);
                    let rung = Rung { hop, wait, pool: chain.pool, limit, needed };
                    groups.entry(cause).or_default().push(rung);
                }
            }
        }
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    for group in &mut groups {
        group.sort_by_key(|rung| std::cmp::Reverse(rung.needed));
    }
    groups
}

/// What is said of a group of rungs with one cause; `status` is what the visitor gets from `gateway`.
pub(super) fn finding(group: &[Rung<'_>], gateway: &str, status: u16) -> Option<Diagnostic> {
    let worst = group.first()?;
    let (wait, pool) = (&worst.wait, &worst.pool.name);
    let message = format!(
        "{gateway} waits {} and pool [{pool}] may take {} s: a request in between answers {status}, and PHP goes on working for nobody",
        wait.words(),
        worst.limit.seconds
    );
    let label = format!("{gateway} gives up after {}", wait.words());
    let mut found = Diagnostic::new(wait.span.unwrap_or(worst.hop.span), message, label);
    if let Some(span) = worst.limit.span {
        found = found.label(span, worst.limit.words());
    } else {
        found = found.label(worst.pool.name_span, format!("in this pool {}", worst.limit.words()));
    }
    if wait.span.is_some() && wait.own.is_none() {
        found = found.label(worst.hop.span, "this is where requests wait that long");
    }
    Some(found)
}

/// The repair of a group: `raise` makes one rung wait long enough. Places that are shared are raised once.
pub(super) fn repair(group: &[Rung<'_>], raise: impl Fn(&Rung<'_>) -> Option<Edit>) -> Option<Fix> {
    let worst = group.first()?;
    let mut edits: Vec<Edit> = Vec::new();
    for rung in group {
        let edit = raise(rung)?;
        // The worst rung comes first: a place it raised is high enough for the others.
        if !edits.iter().any(|other| other.span == edit.span) {
            edits.push(edit);
        }
    }
    Some(Fix::risky(
        format!("wait {} s, longer than pool [{}] may take", worst.needed, worst.pool.name),
        edits,
    ))
}
