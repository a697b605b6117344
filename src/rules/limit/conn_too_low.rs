//! `limit/conn-too-low`: a visitor is allowed fewer requests at a time than a browser makes for one page.

use super::{Limit, limits};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::options::{OptionKind, RuleOption};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::value::nginx_number;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "limit/conn-too-low",
    severity: Severity::Warning,
    summary: "fewer requests are served at a time than a browser makes for one page",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/limit/conn-too-low.md"),
    check,
};

/// The least number that is no finding: browsers open six connections to a host.
pub(crate) static MINIMUM: RuleOption =
    RuleOption { rule: RULE.name, key: "minimum", kind: OptionKind::Number, default: 6 };

/// What is written instead, or the minimum, if that is more.
const ENOUGH: u64 = 20;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let minimum = context.options.of(&MINIMUM);
    for limit in limits(context, "limit_conn") {
        let number = limit.node.arg(1).and_then(|number| nginx_number(&number).ok());
        if let Some(number) = number.filter(|number| *number > 0 && *number < minimum) {
            sink.report(finding(&limit, number, minimum));
        }
    }
}

fn finding(limit: &Limit<'_>, number: u64, minimum: u64) -> Diagnostic {
    let Limit { node, zone, status } = limit;
    let requests = if number == 1 { "1 request".to_owned() } else { format!("{number} requests") };
    let message = format!(
        "nginx serves {} {requests} at a time here and answers {status} to more: a browser makes six at once for one \
         page",
        zone.whom()
    );
    let enough = ENOUGH.max(minimum);
    let help = format!("write `limit_conn {} {enough};`", zone.name);
    let edit = edits::replace_arg(*node, 1, &enough.to_string());
    let fix = edit.map(|edit| Fix::risky(format!("serve {enough} at a time"), vec![edit]));
    Diagnostic::new(node.head(), message, format!("{requests} at a time"))
        .label(zone.node.head(), "counted by this")
        .note(format!("nginx logs: limiting connections by zone \"{}\"", zone.name))
        .help(help)
        .fix(fix)
}
