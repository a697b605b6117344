//! `upstream/method-redefined`: what stands behind `keepalive` in an upstream takes it out of force.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, Upstream};
use crate::tree::NodeRef;
use crate::version::Version;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "upstream/method-redefined",
    severity: Severity::Warning,
    summary: "the way to choose a server is said behind `keepalive`, or twice: only the last one counts",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/upstream/method-redefined.md"),
    check,
};

/// The ways to choose a server. Each of them takes the place of what was said before it.
const METHODS: [&str; 6] = ["least_conn", "ip_hash", "hash", "random", "least_time", "fair"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for group in &nginx.upstreams {
            sink.report_once(finding(context, nginx, group));
        }
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, group: &Upstream) -> Option<Diagnostic> {
    let chosen = nginx.entries(context.files, group.scope);
    let mut chosen = chosen.filter(|node| METHODS.contains(&node.name()) || node.name() == "keepalive");
    let mut before = chosen.next()?;
    // Of three or more the first two are shown; the next run shows the rest.
    let after = loop {
        let next = chosen.next()?;
        if next.name() != "keepalive" && next.name() != before.name() {
            break next;
        }
        before = next;
    };
    let name = before.name();
    let keepalive = name == "keepalive";
    // Since then the order does not matter.
    if keepalive && context.stack.targets.nginx.is_some_and(|version| version >= Version::new(1, 29, 7)) {
        return None;
    }
    let lost = if keepalive { "no connection is kept" } else { "it is not followed" };
    let message = format!("`{}` behind `{name}` takes it out of force: {lost}", after.name());
    let fix =
        edit(before, after).filter(|_| keepalive).map(|edits| Fix::safe("choose a server first", edits));
    let help = if keepalive {
        format!("put `{}` above `keepalive`", after.name())
    } else {
        format!("take one of the two away: nginx follows `{}`", after.name())
    };
    Some(
        Diagnostic::new(after.head(), message, "this alone counts")
            .label(before.head(), "out of force")
            .note("nginx logs when it starts: load balancing method redefined")
            .help(help)
            .fix(fix),
    )
}

/// Puts `after` above `before`.
fn edit(before: NodeRef<'_>, after: NodeRef<'_>) -> Option<Vec<Edit>> {
    if before.at().file != after.at().file {
        return None;
    }
    let line = format!("{};", after.tree.slice(after.head()));
    Some(vec![edits::insert_line_before(before, &line), edits::remove_node(after)])
}
