//! `capacity/max-conns-too-low`: the servers of a group take fewer requests than a page makes.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::options::{OptionKind, RuleOption};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::nginx::{Nginx, Upstream};
use crate::tree::NodeRef;
use crate::value::nginx_number;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "capacity/max-conns-too-low",
    severity: Severity::Warning,
    summary: "the servers of a group take few requests at a time, and those above answer 502",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/capacity/max-conns-too-low.md"),
    check,
};

/// The least number for a group that is no finding.
pub(crate) static MINIMUM: RuleOption =
    RuleOption { rule: RULE.name, key: "minimum", kind: OptionKind::Number, default: 6 };

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let minimum = context.options.of(&MINIMUM);
    for (nginx, hop) in context.stack.nginx_hops() {
        let Some(group) = hop.upstream.and_then(|index| nginx.upstreams.get(index)) else { continue };
        sink.report_once(finding(context, nginx, group, minimum));
    }
}

/// `max_conns=`, and the blanks before it.
struct Limit<'a> {
    node: NodeRef<'a>,
    number: u64,
    text: Span,
}

fn limit(node: NodeRef<'_>) -> Option<Limit<'_>> {
    let index = node.args().position(|arg| arg.starts_with("max_conns="))?;
    let number =
        nginx_number(node.arg(index)?.strip_prefix("max_conns=")?).ok().filter(|number| *number > 0)?;
    let before = node.arg_span(index.checked_sub(1)?)?;
    Some(Limit { node, number, text: Span::new(before.hi, node.arg_span(index)?.hi) })
}

/// Nothing is found where one server takes any number, or where those above may wait.
fn finding(context: &Context<'_>, nginx: &Nginx, group: &Upstream, minimum: u64) -> Option<Diagnostic> {
    let waits = nginx.here(context.files, group.scope, "queue").next().is_some();
    if waits || nginx.scope(group.scope).open {
        return None;
    }
    let up = group.servers.iter().filter(|server| !server.down);
    let limits: Vec<Limit<'_>> =
        up.map(|server| limit(context.files.node(server.at))).collect::<Option<_>>()?;
    let sum: u64 = limits.iter().map(|limit| limit.number).sum();
    let (first, others) = limits.split_first()?;
    if sum >= minimum {
        return None;
    }
    let requests = if sum == 1 { "1 request".to_owned() } else { format!("{sum} requests") };
    let message = format!(
        "group {} takes {requests} at a time, and nginx lets none wait: those above answer 502 at once",
        group.name
    );
    let mut found = Diagnostic::new(first.node.head(), message, format!("{} at a time", first.number));
    for other in others {
        found = found.label(other.node.head(), format!("{} at a time", other.number));
    }
    let edits = limits.iter().map(|limit| Edit::replace(limit.text, "")).collect();
    Some(
        found
            .note("nginx logs: no live upstreams while connecting to upstream")
            .help("take `max_conns` out: what is behind lets requests wait, or write as many as it answers at a time")
            .fix(Fix::risky("let what is behind do the counting", edits)),
    )
}
