//! `upstream/no-second-try`: a group of several servers, and a request that meets a dead one is given up.

use super::standing;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Hop;
use crate::stack::nginx::Nginx;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "upstream/no-second-try",
    severity: Severity::Hint,
    summary: "a request that meets a dead server of a group is not tried at the next one",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/upstream/no-second-try.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        sink.report_once(finding(context, nginx, hop));
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<Diagnostic> {
    let group = &nginx.upstreams[hop.upstream?];
    let servers = standing(group);
    let name = format!("{}_next_upstream", hop.protocol.nginx_prefix());
    let node = nginx.find(context.files, hop.scope, &name)?.node;
    if servers < 2 || !node.args().eq(["off"]) {
        return None;
    }
    let message = format!(
        "a request that meets a dead server of `{}` answers 502, though there are {servers}: none is tried after it",
        group.name
    );
    let fix = Fix::risky("try the next server", vec![edits::set_value(node, "error timeout")]);
    Some(
        Diagnostic::new(node.head(), message, "no second try")
            .label(hop.span, format!("`{}` is asked from here", group.name))
            .note("nginx logs: connect() failed (111: Connection refused) while connecting to upstream")
            .help(format!("write `{name} error timeout;` (default): a POST that was sent is not repeated"))
            .fix(fix),
    )
}
