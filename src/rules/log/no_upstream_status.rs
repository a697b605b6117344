//! `log/no-upstream-status`: a log about backends leaves out what they answered.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::Nginx;
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "log/no-upstream-status",
    severity: Severity::Hint,
    summary: "a log tells which backend was asked, and not what it answered",
    fixable: Fixable::No,
    card: include_str!("../../../rules/log/no-upstream-status.md"),
    check,
};

/// What one writes into a log to learn about backends.
const ABOUT: [&str; 4] =
    ["upstream_addr", "upstream_response_time", "upstream_connect_time", "upstream_header_time"];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        let mut used = Vec::new();
        for (other, hop) in context.stack.nginx_hops() {
            if std::ptr::eq(other, nginx)
                && let Some((_, logs)) = nginx.list(context.files, hop.scope, "access_log")
            {
                used.extend(logs.into_iter().filter_map(|log| log.arg(1)));
            }
        }
        for format in formats(context, nginx) {
            let asked = format.arg(0).is_some_and(|name| used.contains(&name));
            sink.report_once(finding(format).filter(|_| asked));
        }
    }
}

/// All formats of a server.
fn formats<'a>(context: &Context<'a>, nginx: &'a Nginx) -> impl Iterator<Item = NodeRef<'a>> {
    nginx.places(context.files).map(|place| place.node).filter(|node| node.name() == "log_format")
}

fn finding(format: NodeRef<'_>) -> Option<Diagnostic> {
    let text: String = format.args().skip(1).collect();
    let about = ABOUT.into_iter().find(|name| text.contains(name))?;
    if text.contains("upstream_status") {
        return None;
    }
    let message = format!(
        "this log has ${about} and not $upstream_status: where a backend failed and the next one answered, or nginx answered by itself, it does \
         not show"
    );
    let found = Diagnostic::new(format.head(), message, "which backend, and not what it answered")
        .note("with it a line says `502, 200` where two were asked, and `-` where none was")
        .help("write `$upstream_status` into it as well, if what reads the log takes one more field");
    Some(found)
}
