//! `capacity/workers-wait-for-pool`: Apache lets in more requests than the pool gets done before Apache gives up.

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::options::{OptionKind, RuleOption};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::apache::mpm_limits;
use crate::rules::fpm::children::{self, CHILDREN};
use crate::rules::timeout::apache_proxy_below_fpm::waits;
use crate::rules::timeout::ladder::Wait;
use crate::stack::apache::{Apache, Entry};
use crate::stack::fpm::{Entry as PoolEntry, Fpm, Pool};
use crate::stack::hop::{Hop, Protocol};
use crate::value;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "capacity/workers-wait-for-pool",
    severity: Severity::Warning,
    summary: "Apache lets in more requests than a pool answers before Apache gives up",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/capacity/workers-wait-for-pool.md"),
    check,
};

/// How long PHP works on one request.
pub(crate) static REQUEST: RuleOption =
    RuleOption { rule: RULE.name, key: "request", kind: OptionKind::Seconds, default: 1 };

/// A gateway that gives up before this is in a hurry: that is a warning.
const SHORT: u64 = 30_000;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let each = context.options.of(&REQUEST);
    for (apache, hop) in context.stack.apache_hops() {
        if hop.protocol != Protocol::Fastcgi || is_held_back(apache, hop) {
            continue;
        }
        let Some((served, line)) = mpm_limits::served_at_once(apache) else { continue };
        let pools = hop.legs.iter().filter_map(|leg| context.stack.pool_at(leg));
        for (fpm, pool) in pools {
            let Some(least) = waits(context, hop).into_iter().min_by_key(|wait| wait.millis) else {
                continue;
            };
            let Some(queue) = Queue::of(apache, fpm, pool, served, line, least) else { continue };
            if queue.lasts(each) {
                sink.report_once_as(queue.severity(), queue.finding(context, hop, each));
            }
        }
    }
}

/// Whether the worker of a hop has a `max=`: what is above it waits in Apache, where no time is up.
fn is_held_back(apache: &Apache, hop: &Hop) -> bool {
    let url = apache.url_of(hop).map(|(_, url)| url);
    url.is_none_or(|url| apache.worker_param(url, apache.vhost_of(hop.scope), "max").is_some())
}

/// What waits at the socket of a pool when Apache is full.
struct Queue<'a> {
    fpm: &'a Fpm,
    pool: &'a Pool,
    /// `pm.max_children`, and its number.
    entry: &'a PoolEntry,
    children: u64,
    /// The requests Apache serves at a time, and the line that says so.
    served: u64,
    line: Option<&'a Entry>,
    wait: Wait,
}

impl<'a> Queue<'a> {
    fn of(
        apache: &Apache,
        fpm: &'a Fpm,
        pool: &'a Pool,
        served: i64,
        line: Option<&'a Entry>,
        wait: Wait,
    ) -> Option<Self> {
        let entry = pool.said(CHILDREN)?;
        let number = value::fpm_integer(entry.read()).ok().filter(|reading| reading.whole)?.value;
        let children = u64::try_from(number).ok().filter(|number| *number > 0)?;
        let known = apache.whole && wait.millis >= 1000;
        known.then_some(Self { fpm, pool, entry, children, served: u64::try_from(served).ok()?, line, wait })
    }

    /// Whether the last of them waits longer than Apache does, when each takes so many seconds.
    fn lasts(&self, each: u64) -> bool {
        self.served > self.children && self.last(each).saturating_mul(1000) > self.wait.millis
    }

    /// The seconds after which the last one is done.
    fn last(&self, each: u64) -> u64 {
        self.served.div_ceil(self.children).saturating_mul(each)
    }

    /// How many children answer all of them in time.
    fn needed(&self, each: u64) -> u64 {
        let rounds = (self.wait.millis / 1000 / each.max(1)).max(1);
        self.served.div_ceil(rounds)
    }

    fn severity(&self) -> Severity {
        let written = self.line.is_some() && self.wait.span.is_some();
        if written && self.wait.millis < SHORT { Severity::Warning } else { Severity::Hint }
    }

    fn finding(&self, context: &Context<'_>, hop: &Hop, each: u64) -> Diagnostic {
        let (name, needed) = (&self.pool.name, self.needed(each));
        let message = format!(
            "Apache lets {} requests in at a time and pool [{name}] answers {} of them: at {each} s each the last is done \
             after {} s, and Apache gives up after {} and answers 504",
            self.served,
            self.children,
            self.last(each),
            self.wait.words()
        );
        let mut found = Diagnostic::new(self.entry.span, message, format!("{} at a time", self.children));
        if let Some(line) = self.line {
            let text = format!("{} at a time", self.served);
            found = found.label(line.span(context.files), text);
        }
        let gives_up = format!("Apache gives up after {}", self.wait.words());
        found
            .label(self.wait.span.unwrap_or(hop.span), gives_up)
            .note("Apache logs: (70007)The timeout specified has expired: AH01075: Error dispatching request to : (polling)")
            .help(format!(
                "write `{CHILDREN} = {needed}` where the memory is there for them, or a MaxRequestWorkers the pool keeps up with"
            ))
            .fix(self.repair(context, needed))
    }

    /// Nothing where `process.max` would not let the pool have them.
    fn repair(&self, context: &Context<'_>, needed: u64) -> Option<Fix> {
        let all = self.fpm.global.as_ref().and_then(|global| global.said("process.max"));
        if all.is_some_and(|entry| entry.read() != "0") {
            return None;
        }
        let edits = children::rewritten(context, self.pool, needed)?;
        Some(Fix::risky(format!("have {needed} children"), edits))
    }
}
