//! `upstream/same-server-twice`: a group of one server that is written down more than once.

use super::is_complete;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Upstream, UpstreamServer};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "upstream/same-server-twice",
    severity: Severity::Warning,
    summary: "an upstream is one server that is written down twice, so that a single failure takes it out",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/upstream/same-server-twice.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for group in &nginx.upstreams {
            if is_complete(context.files, nginx, group) {
                sink.report_once(finding(context, group));
            }
        }
    }
}

fn finding(context: &Context<'_>, group: &Upstream) -> Option<Diagnostic> {
    let servers: Vec<&UpstreamServer> =
        group.servers.iter().filter(|server| !server.down && !server.backup).collect();
    let (first, others) = servers.split_first()?;
    let same = |server: &&UpstreamServer| {
        server.address == first.address && is_counted(context.files.node(server.at))
    };
    let variable = first.address.contains(['$', '{']);
    if others.is_empty() || variable || !is_counted(context.files.node(first.at)) || !others.iter().all(same)
    {
        return None;
    }
    let name = &group.name;
    let times = if servers.len() == 2 { "twice".to_owned() } else { format!("{} times", servers.len()) };
    let message = format!(
        "the upstream `{name}` is one server, written {times}: a single failed request takes it out, and for 10 s all \
         requests answer 502"
    );
    let edits = others.iter().map(|server| edits::remove_node(context.files.node(server.at))).collect();
    let found = Diagnostic::new(others.last()?.span, message, "the same server again")
        .label(first.span, "written here first")
        .note(format!("nginx logs: no live upstreams while connecting to upstream, upstream: \"…{name}…\""))
        .help("write it once: a server that is alone in its group is never taken out")
        .fix(Fix::risky("write the server once", edits));
    Some(found)
}

/// Whether nginx counts the failures of a server, and takes it out at the first one.
fn is_counted(server: NodeRef<'_>) -> bool {
    !server
        .args()
        .any(|word| word.starts_with("max_fails=") || word == "resolve" || word.starts_with("service="))
}
