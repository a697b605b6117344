//! `timeout/connect-too-long`: nginx tries to reach a dead backend for minutes.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::options::{OptionKind, RuleOption};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::NodeRef;
use crate::value::{Resolution, nginx_time};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "timeout/connect-too-long",
    severity: Severity::Hint,
    summary: "nginx tries to reach a dead backend for minutes, and no request gets more time by it",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/timeout/connect-too-long.md"),
    check,
};

/// Seconds up to which nothing is said.
pub(crate) static MAXIMUM: RuleOption =
    RuleOption { rule: RULE.name, key: "maximum", kind: OptionKind::Seconds, default: 75 };

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let maximum = context.options.of(&MAXIMUM);
    for nginx in &context.stack.nginx {
        for place in nginx.places(context.files) {
            let Some(prefix) = place.node.name().strip_suffix("_connect_timeout") else { continue };
            sink.report_once(finding(place.node, prefix, maximum));
        }
    }
}

fn finding(node: NodeRef<'_>, prefix: &str, maximum: u64) -> Option<Diagnostic> {
    let millis = nginx_time(&node.arg(0)?, Resolution::Milliseconds).ok()?;
    if millis <= maximum * 1000 {
        return None;
    }
    let message = format!(
        "nginx tries for up to {} s to reach a backend that does not answer: a connection takes milliseconds or never comes",
        millis / 1000
    );
    let fix = node.arg_span(0).map(|span| Fix::risky("give up after 5 s", vec![Edit::replace(span, "5s")]));
    let found = Diagnostic::new(node.head(), message, "the time to connect, not to answer")
        .help(format!(
            "write `{prefix}_connect_timeout 5s;`: what gives a slow page more time is `{prefix}_read_timeout`"
        ))
        .fix(fix);
    Some(found)
}
