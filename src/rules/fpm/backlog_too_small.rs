//! `fpm/backlog-too-small`: a handful of requests may wait for a child, and the next ones are refused.

use super::children;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::options::{OptionKind, RuleOption};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::endpoint::Endpoint;
use crate::stack::fpm::{Entry, Fpm, Pool};
use crate::value;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/backlog-too-small",
    severity: Severity::Warning,
    summary: "few requests may wait for a child of the pool, and those above answer 502 at once",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/fpm/backlog-too-small.md"),
    check,
};

/// The least number that is no finding.
pub(crate) static MINIMUM: RuleOption =
    RuleOption { rule: RULE.name, key: "minimum", kind: OptionKind::Number, default: 64 };

/// What is written instead, or the minimum, if that is more: what PHP-FPM takes by itself.
const ENOUGH: u64 = 511;

/// The children of a pool that has fewer, as Debian ships it.
const CHILDREN: i64 = 5;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let minimum = context.options.of(&MINIMUM);
    for (fpm, pool) in context.stack.pools() {
        let Some(entry) = pool.said("listen.backlog") else { continue };
        let Ok(reading) = value::fpm_integer(entry.read()) else { continue };
        // A negative number is as many as the kernel allows.
        if let Some(number) = u64::try_from(reading.value).ok().filter(|number| *number < minimum) {
            sink.report(finding(context, fpm, pool, entry, (number, minimum)));
        }
    }
}

fn finding(
    context: &Context<'_>,
    fpm: &Fpm,
    pool: &Pool,
    entry: &Entry,
    (number, minimum): (u64, u64),
) -> Diagnostic {
    let busy = match pool.number("pm.max_children") {
        Some(1) => "the one child is busy".to_owned(),
        Some(children) => format!("all {children} children are busy"),
        None => "all children are busy".to_owned(),
    };
    let wait = match number {
        0 | 1 => "hardly a request may wait".to_owned(),
        more => format!("{more} requests may wait"),
    };
    let (answer, log) = match pool.listen {
        Some(Endpoint::Tcp { .. }) => (
            "the next ones are not connected and answer 504",
            "nginx logs: upstream timed out (110: Connection timed out) while connecting to upstream",
        ),
        _ => (
            "the next ones answer 502 at once",
            "nginx logs: connect() to unix:… failed (11: Resource temporarily unavailable) while connecting to upstream",
        ),
    };
    let message = format!("when {busy}, {wait} for pool [{}] and {answer}", pool.name);
    let enough = ENOUGH.max(minimum);
    let mut edits = vec![edits::restate(context.files.node(entry.at), &enough.to_string())];
    let mut help = format!("write `listen.backlog = {enough}`, or take the line out");
    if let Some(children) = more_children(context, fpm, pool) {
        edits.extend(children);
        help = format!("{help}, and `pm.max_children = {CHILDREN}` or more");
    }
    Diagnostic::new(entry.span, message, "the queue before the pool")
        .note(log)
        .help(help)
        .fix(Fix::risky(format!("let {enough} requests wait"), edits))
}

/// A queue that is long before a child or two only turns errors into waiting. Where all pools share a limit of
/// children it is not ours to divide.
fn more_children(context: &Context<'_>, fpm: &Fpm, pool: &Pool) -> Option<Vec<Edit>> {
    let few = pool.number(children::CHILDREN).is_some_and(|number| (1..CHILDREN).contains(&number));
    let shared = fpm.global.as_ref().is_some_and(|global| global.said("process.max").is_some());
    (few && !shared).then(|| children::rewritten(context, pool, CHILDREN.unsigned_abs()))?
}
