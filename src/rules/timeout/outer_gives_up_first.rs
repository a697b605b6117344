//! `timeout/outer-gives-up-first`: of two gateways one behind the other, the front one waits less.

use std::collections::BTreeMap;

use super::ladder::{Wait, seconds};
use super::{Limit, MARGIN, apache_proxy_below_fpm, read_below_backend};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::hop::{Gateway, Hop};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "timeout/outer-gives-up-first",
    severity: Severity::Warning,
    summary: "of two gateways one behind the other, the front one waits less",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/timeout/outer-gives-up-first.md"),
    check,
};

/// A gateway that waits less than the one behind it.
struct Inversion<'a> {
    hop: &'a Hop,
    outer: Wait,
    behind: &'a Hop,
    inner: Wait,
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut worst: BTreeMap<Span, Inversion<'_>> = BTreeMap::new();
    for hop in &context.stack.hops {
        for next in context.stack.behind(context.files, hop) {
            let behind = &context.stack.hops[next];
            for found in inversions(context, hop, behind) {
                let cause = found.outer.span.unwrap_or(hop.span);
                let known = worst.get(&cause).map_or(0, |known| known.inner.millis);
                if found.inner.millis > known {
                    worst.insert(cause, found);
                }
            }
        }
    }
    for (cause, found) in worst {
        sink.report(found.say(context, cause));
    }
}

/// Where the one behind was told to wait longer. What it waits by default nobody chose, and where the pool has a limit
/// of its own, that is what counts.
fn inversions<'a>(context: &Context<'_>, hop: &'a Hop, behind: &'a Hop) -> Vec<Inversion<'a>> {
    if ends_itself(context, behind) {
        return Vec::new();
    }
    let inner = waits(context, behind).into_iter().filter(|wait| wait.span.is_some());
    let Some(inner) = inner.max_by_key(|wait| wait.millis) else { return Vec::new() };
    let shorter = waits(context, hop).into_iter().filter(|outer| outer.millis < inner.millis);
    shorter.map(|outer| Inversion { hop, outer, behind, inner: inner.clone() }).collect()
}

fn waits(context: &Context<'_>, hop: &Hop) -> Vec<Wait> {
    let nginx = read_below_backend::wait(context, hop).into_iter();
    nginx.chain(apache_proxy_below_fpm::waits(context, hop)).collect()
}

/// Whether the pool behind a hop has a limit; the other rules of this family compare with that.
fn ends_itself(context: &Context<'_>, hop: &Hop) -> bool {
    let mut pools = hop.legs.iter().filter_map(|leg| context.stack.pool_at(leg));
    pools.any(|(fpm, pool)| Limit::of(context, Some(hop), fpm, pool).is_some())
}

impl Inversion<'_> {
    fn say(&self, context: &Context<'_>, cause: Span) -> Diagnostic {
        let (outer, inner) = (&self.outer, &self.inner);
        let (front, back) = (name(self.hop), name(self.behind));
        let (status, log) = match self.hop.gateway {
            Gateway::Nginx(_) => (504, LOG),
            Gateway::Apache(_) => apache_proxy_below_fpm::answer(self.hop.protocol),
        };
        let longer = seconds(inner.millis);
        let message = format!(
            "{front} waits {} and {back} behind it {longer}: a request in between answers {status}, and {back} goes on \
             waiting for nobody",
            outer.words()
        );
        let needed = i64::try_from(inner.millis.div_ceil(1000)).unwrap_or(i64::MAX).saturating_add(MARGIN);
        let mut found = Diagnostic::new(cause, message, format!("{front} gives up after {}", outer.words()));
        if let Some(span) = inner.span {
            found = found.label(span, format!("{back} waits {longer}"));
        }
        if outer.span.is_some() && outer.own.is_none() {
            found = found.label(self.hop.span, "this is where requests wait that long");
        }
        let edit = match self.hop.gateway {
            Gateway::Nginx(_) => read_below_backend::raise(context, self.hop, outer, needed),
            Gateway::Apache(_) => apache_proxy_below_fpm::raise(context, self.hop, outer, needed),
        };
        let fix = edit.map(|edit| Fix::risky(format!("wait {needed} s, longer than {back}"), vec![edit]));
        let help = match (self.hop.gateway, outer.name.as_str()) {
            (Gateway::Nginx(_), name) => format!("write `{name} {needed}s;`, or let {back} give up earlier"),
            (Gateway::Apache(_), "timeout=") => {
                format!("write `timeout={needed}`, or let {back} give up earlier")
            }
            (Gateway::Apache(_), _) => {
                format!("write `ProxyTimeout {needed}` in the virtual host, or let {back} give up earlier")
            }
        };
        found.note(log).help(help).fix(fix)
    }
}

const LOG: &str =
    "nginx logs: upstream timed out (110: Connection timed out) while reading response header from upstream";

fn name(hop: &Hop) -> &'static str {
    match hop.gateway {
        Gateway::Nginx(_) => "nginx",
        Gateway::Apache(_) => "Apache",
    }
}
