//! `limit/req-without-burst`: a low rate and no burst, so that the second request of a page is turned away.

use super::{Limit, limits};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::options::{OptionKind, RuleOption};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::NodeRef;
use crate::value::{millis_text, nginx_number};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "limit/req-without-burst",
    severity: Severity::Warning,
    summary: "requests of one page come faster than the rate, and no burst lets them through",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/limit/req-without-burst.md"),
    check,
};

/// Requests a second from which on no burst is needed.
pub(crate) static RATE: RuleOption =
    RuleOption { rule: RULE.name, key: "rate", kind: OptionKind::Number, default: 10 };

/// The least burst that is no finding.
pub(crate) static BURST: RuleOption =
    RuleOption { rule: RULE.name, key: "burst", kind: OptionKind::Number, default: 1 };

/// What is written instead, or the least burst, if that is more.
const ENOUGH: u64 = 20;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let (rate, burst) = (context.options.of(&RATE), context.options.of(&BURST));
    for limit in limits(context, "limit_req") {
        let Some(millis) = interval(limit.zone.node).filter(|millis| millis * rate > 1000) else { continue };
        let Some(allowed) = burst_of(limit.node).filter(|allowed| *allowed < burst) else { continue };
        sink.report(finding(&limit, millis, allowed, burst));
    }
}

/// The milliseconds nginx wants between two requests: `rate=2r/s` is one in 500 ms.
fn interval(zone: NodeRef<'_>) -> Option<u64> {
    let rate = zone.args().find_map(|arg| arg.strip_prefix("rate=").map(str::to_owned))?;
    let (number, unit) = rate.split_once('r')?;
    let second: u64 = match unit {
        "/s" => 1000,
        "/m" => 60_000,
        _ => return None,
    };
    let number = nginx_number(number).ok()?;
    second.checked_div(number)
}

/// `burst=`, 0 where there is none; `None` when it is no number.
fn burst_of(limit: NodeRef<'_>) -> Option<u64> {
    let burst = limit.args().find_map(|arg| arg.strip_prefix("burst=").map(nginx_number));
    burst.map_or(Some(0), Result::ok)
}

fn finding(limit: &Limit<'_>, millis: u64, allowed: u64, least: u64) -> Diagnostic {
    let Limit { node, zone, status } = limit;
    let (time, whom) = (millis_text(millis), zone.whom());
    let turned_away = match allowed {
        0 => "the next request".to_owned(),
        1 => "all but 1 more request".to_owned(),
        more => format!("all but {more} more requests"),
    };
    let message = format!(
        "nginx takes one request in {time} from {whom} and answers {status} to {turned_away} within that time: a page \
         asks for its parts at once"
    );
    let enough = ENOUGH.max(least);
    let help = format!("write `limit_req zone={} burst={enough} nodelay;`", zone.name);
    let title = format!("let {enough} requests through at once");
    Diagnostic::new(node.head(), message, if allowed == 0 { "no burst" } else { "too small a burst" })
        .label(zone.node.head(), format!("one in {time}"))
        .note(format!("nginx logs: limiting requests, excess: 0.9… by zone \"{}\"", zone.name))
        .help(help)
        .fix(Fix::risky(title, edits(*node, enough)))
}

fn edits(node: NodeRef<'_>, burst: u64) -> Vec<Edit> {
    let mut args = node.args();
    if let Some(index) = args.position(|arg| arg.starts_with("burst=")) {
        return edits::replace_arg(node, index, &format!("burst={burst}")).into_iter().collect();
    }
    let delayed = node.args().any(|arg| arg == "nodelay" || arg.starts_with("delay="));
    let words = if delayed { "" } else { " nodelay" };
    vec![Edit::insert(node.head().hi, format!(" burst={burst}{words}"))]
}
