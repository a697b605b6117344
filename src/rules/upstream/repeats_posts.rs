//! `upstream/repeats-posts`: what failed is sent again to the next server, POST too.

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Hop;
use crate::stack::nginx::ScopeKind;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "upstream/repeats-posts",
    severity: Severity::Warning,
    summary: "a request that failed is sent again to the next server, even a POST",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/upstream/repeats-posts.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for hop in &context.stack.hops {
        sink.report_once(finding(context, hop));
    }
}

fn finding(context: &Context<'_>, hop: &Hop) -> Option<Diagnostic> {
    let nginx = context.stack.nginx_of(hop)?;
    let group = &nginx.upstreams[hop.upstream?];
    // With one server there is no next one.
    if group.servers.iter().filter(|server| !server.down).count() < 2 {
        return None;
    }
    let name = format!("{}_next_upstream", hop.protocol.nginx_prefix());
    let node = nginx.find(context.files, hop.scope, &name)?.node;
    let index = node.args().position(|arg| arg == "non_idempotent")?;
    let retries = |arg: &str| !matches!(arg, "off" | "non_idempotent");
    if !node.args().any(|arg| retries(&arg)) || node.args().any(|arg| arg == "off") {
        return None;
    }
    let rest: Vec<_> = node.args().filter(|arg| arg != "non_idempotent").collect();
    if nginx.inside(hop.scope).any(|id| nginx.scope(id).kind == ScopeKind::LimitExcept) {
        return None;
    }
    let message = "a POST that failed may have been done, and is sent again to the next server: an order is placed twice";
    Some(
        Diagnostic::new(node.arg_span(index)?, message, "repeats what must not be done twice")
            .label(hop.span, format!("of `{}` the next server is asked", group.name))
            .note("nginx logs the first try only: upstream timed out (110: Connection timed out)")
            .help(format!("write `{name} {};`", rest.join(" ")))
            .fix(Fix::risky("repeat no POST", vec![edits::set_value(node, &rest.join(" "))])),
    )
}
