//! `upstream/tries-all-servers`: a page that fails by itself is asked of all servers of a group, one after the other.

use super::standing;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Hop;
use crate::stack::nginx::Nginx;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "upstream/tries-all-servers",
    severity: Severity::Hint,
    summary: "a page that fails is asked of all servers of a group, one after the other",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/upstream/tries-all-servers.md"),
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
    // Statuses that the page itself makes; 502 to 504 may come of one server alone.
    let index = node.args().position(|arg| matches!(&*arg, "http_500" | "http_404" | "http_403"))?;
    let limited = ["tries", "timeout"].iter().any(|limit| {
        let name = format!("{name}_{limit}");
        nginx.text(context.files, hop.scope, &name).is_some_and(|text| text.value != "0")
    });
    if servers < 3 || limited || !nginx.is_certain(hop.scope) || node.args().any(|arg| arg == "off") {
        return None;
    }
    let status = node.arg(index)?.trim_start_matches("http_").to_owned();
    let message = format!(
        "a page that answers {status} wherever it runs is asked of all {servers} servers of `{}`: one bad page is {servers} times the load",
        group.name
    );
    let line = format!("{name}_tries 2;");
    let fix = Fix::risky("try two servers at most", vec![edits::insert_line_after(node, &line)]);
    Some(
        Diagnostic::new(node.arg_span(index)?, message, "tried again at the next one")
            .label(hop.span, format!("`{}` is asked from here", group.name))
            .note("each of them counts the failure, and nginx logs: no live upstreams while connecting to upstream")
            .help(format!("write `{line}`"))
            .fix(fix),
    )
}
