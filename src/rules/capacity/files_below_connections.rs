//! `capacity/files-below-connections`: nginx may hold more connections than it may open files.

use super::{connections, open_files};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::Nginx;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "capacity/files-below-connections",
    severity: Severity::Warning,
    summary: "a worker of nginx may hold more connections than it may open files",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/capacity/files-below-connections.md"),
    check,
};

/// What nginx takes when nothing is said.
const DEFAULT: u64 = 512;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in context.stack.nginx.iter().filter(|nginx| nginx.whole) {
        sink.report_some(finding(context, nginx));
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx) -> Option<Diagnostic> {
    let (limit, files) = open_files(context, nginx)?;
    let set = connections(context, nginx);
    let number = set.map_or(DEFAULT, |(_, number)| number);
    if files >= number {
        return None;
    }
    let message = format!(
        "a worker of nginx may hold {number} connections and open {files} files: each connection is a file, and when they are \
         used up requests answer 500 or are not taken at all"
    );
    // Beside the connections there are files of the site, temporary files and logs.
    let needed = number.saturating_mul(2);
    let mut found = Diagnostic::new(limit.head(), message, "fewer than the connections");
    if let Some((node, _)) = set {
        found = found.label(node.head(), "more than it may open");
    }
    let edit = edits::replace_arg(limit, 0, &needed.to_string());
    Some(
        found
            .note("nginx logs: socket() failed (24: Too many open files) while connecting to upstream")
            .help(format!("write `worker_rlimit_nofile {needed};`"))
            .fix(edit.map(|edit| Fix::risky(format!("let a worker open {needed} files"), vec![edit]))),
    )
}
