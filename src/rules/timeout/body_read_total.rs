//! `timeout/body-read-total`: Apache gives the whole body of a request a fixed time.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::apache::Arg;
use crate::options::{OptionKind, RuleOption};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::Apache;
use crate::stack::hop::Owner;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "timeout/body-read-total",
    severity: Severity::Warning,
    summary: "Apache gives the whole body of a request a fixed time, however large it is",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/timeout/body-read-total.md"),
    check,
};

/// Seconds from which on a fixed time is no finding.
pub(crate) static MINIMUM: RuleOption =
    RuleOption { rule: RULE.name, key: "minimum", kind: OptionKind::Seconds, default: 300 };

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let minimum = context.options.of(&MINIMUM);
    for (index, apache) in context.stack.apache.iter().enumerate() {
        // nginx hands a body on when it has all of it: on loopback that takes no time.
        if is_behind_another(context, index) {
            continue;
        }
        for arg in arguments(apache) {
            let Some(seconds) = fixed_time(&arg.value).filter(|seconds| (1..minimum).contains(seconds))
            else {
                continue;
            };
            sink.report_once(finding(arg, seconds));
        }
    }
}

/// Whether requests come to this Apache through another gateway in sight.
fn is_behind_another(context: &Context<'_>, apache: usize) -> bool {
    let legs = context.stack.hops.iter().flat_map(|hop| &hop.legs);
    let mut reached = legs.flat_map(|leg| context.stack.listeners_at(leg));
    reached.any(|listener| matches!(listener.owner, Owner::Apache(index) if index == apache))
}

fn arguments(apache: &Apache) -> impl Iterator<Item = &Arg> {
    apache
        .everywhere("requestreadtimeout")
        .flat_map(|(_, entry)| &entry.args)
        .filter(|arg| !arg.is_unresolved())
}

/// The seconds of `body=20`, without a rate that lets them grow.
fn fixed_time(argument: &str) -> Option<u64> {
    let (key, time) = argument.split_once('=')?;
    let digits = time.bytes().all(|byte| byte.is_ascii_digit());
    (key.eq_ignore_ascii_case("body") && digits).then(|| time.parse().ok()).flatten()
}

fn finding(arg: &Arg, seconds: u64) -> Diagnostic {
    let message = format!(
        "Apache gives a body {seconds} s from its first byte to its last: an upload over a slow line answers 408"
    );
    let better = format!("{},MinRate=500", arg.value);
    let edit = arg.plain.map(|span| Edit::replace(span, &better));
    Diagnostic::new(arg.span, message, "without `MinRate` this is all the time there is")
        .note("Apache logs, at LogLevel info: AH01382: Request body read timeout")
        .help(format!("write `{better}`: every 500 bytes give it a second more"))
        .fix(edit.map(|edit| Fix::risky("let the time grow with the body", vec![edit])))
}
