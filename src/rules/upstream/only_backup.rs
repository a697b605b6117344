//! `upstream/only-backup`: a group whose servers are all `backup`.

use super::{is_complete, without_words};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, Upstream};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "upstream/only-backup",
    severity: Severity::Error,
    summary: "an upstream has only backup servers, with which nginx does not start",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/upstream/only-backup.md"),
    check,
};

/// With these a `backup` is refused where it stands.
const WITHOUT_BACKUP: [&str; 3] = ["hash", "ip_hash", "random"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for group in &nginx.upstreams {
            let refused = |name| nginx.here(context.files, group.scope, name).next().is_some();
            let only_backup = !group.servers.is_empty() && group.servers.iter().all(|server| server.backup);
            if only_backup
                && is_complete(context.files, nginx, group)
                && !WITHOUT_BACKUP.into_iter().any(refused)
            {
                sink.report_once(finding(context, nginx, group));
            }
        }
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, group: &Upstream) -> Option<Diagnostic> {
    let name = &group.name;
    let node = nginx.here(context.files, group.scope, "server").next()?;
    let index =
        (1..node.words().len()).find(|&index| node.arg(index).is_some_and(|text| text == "backup"))?;
    let message = format!("the upstream `{name}` has only backup servers: nginx does not start");
    let edits = without_words(node, |word| word == "backup");
    Some(
        Diagnostic::new(node.arg_span(index)?, message, "a stand-in for servers that are not there")
            .label(group.name_span, "no server of its own")
            .note(format!("nginx logs: [emerg] no servers in upstream \"{name}\""))
            .help(format!("take `backup` away from the server of `{name}` that answers first"))
            .fix(Fix::risky("make the first server one of its own", edits)),
    )
}
