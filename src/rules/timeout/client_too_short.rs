//! `timeout/client-too-short`: visitors with an ordinary connection are not waited for.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::options::{OptionKind, RuleOption};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, ScopeId};
use crate::tree::NodeRef;
use crate::value::{Resolution, millis_text, nginx_offset, nginx_time};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "timeout/client-too-short",
    severity: Severity::Warning,
    summary: "nginx waits for a visitor less than an ordinary connection may stand still",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/timeout/client-too-short.md"),
    check,
};

/// The shortest wait that is no finding.
pub(crate) static MINIMUM: RuleOption =
    RuleOption { rule: RULE.name, key: "minimum", kind: OptionKind::Seconds, default: 3 };

/// A wait for the visitor.
struct Wait {
    name: &'static str,
    /// What is waited for.
    what: &'static str,
    /// What becomes of the request.
    fails: &'static str,
    /// What is logged at the level info.
    log: Option<&'static str>,
}

const WAITS: [Wait; 3] = [
    Wait {
        name: "client_header_timeout",
        what: "for the header of a request",
        fails: "the connection is closed without an answer",
        log: Some("client timed out (110: Connection timed out) while reading client request headers"),
    },
    Wait {
        name: "client_body_timeout",
        what: "between two pieces of a form or an upload",
        fails: "the connection is closed without an answer",
        log: None,
    },
    Wait {
        name: "send_timeout",
        what: "for the visitor to take a piece of the answer",
        fails: "the answer breaks off",
        log: Some("client timed out (110: Connection timed out) while sending response to client"),
    },
];

/// nginx's default for all three, in seconds.
const DEFAULT: u64 = 60;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let minimum = context.options.of(&MINIMUM);
    let mut seen = HashSet::new();
    for nginx in &context.stack.nginx {
        for scope in nginx.scope_ids() {
            for wait in &WAITS {
                for node in nginx.here(context.files, scope, wait.name) {
                    let millis =
                        node.arg(0).and_then(|time| nginx_time(&time, Resolution::Milliseconds).ok());
                    let Some(millis) = millis.filter(|_| !seen.contains(&node.at())) else { continue };
                    if millis >= minimum * 1000 {
                        let slow = short_for(context, nginx, scope, node, wait, millis);
                        if let Some(found) = slow.filter(|_| seen.insert(node.at())) {
                            sink.report_as(Severity::Hint, found);
                        }
                    } else if seen.insert(node.at()) {
                        let never = millis == 0 && wait.name == "client_header_timeout";
                        let severity = if never { Severity::Error } else { Severity::Warning };
                        sink.report_as(severity, finding(wait, node, millis, minimum));
                    }
                }
            }
        }
    }
}

/// What guides to safe servers say, in milliseconds.
const HARDENED: u64 = 10_000;

/// A wait that ordinary requests come through, where large ones are let in or sent.
fn short_for(
    context: &Context<'_>,
    nginx: &Nginx,
    scope: ScopeId,
    node: NodeRef<'_>,
    wait: &Wait,
    millis: u64,
) -> Option<Diagnostic> {
    if millis > HARDENED {
        return None;
    }
    let in_force =
        |id: &ScopeId| nginx.find(context.files, *id, wait.name).is_some_and(|found| found.node == node);
    let inside = std::iter::once(scope).chain(nginx.inside(scope)).filter(in_force);
    let large = inside.flat_map(|id| nginx.entries(context.files, id)).find(|node| is_large(*node, wait))?;
    let Wait { name, what, fails, .. } = wait;
    let message = format!(
        "nginx waits no more than {} {what}, and much goes through here: a mobile connection stands still for longer, and {fails}",
        millis_text(millis)
    );
    let edit = edits::replace_arg(node, 0, &format!("{DEFAULT}s"))?;
    Some(
        Diagnostic::new(node.head(), message, "short for so much")
            .label(large.head(), "this is what takes long")
            .help(format!("write `{name} {DEFAULT}s;` where this is, which is the default"))
            .fix(Fix::risky(format!("wait {DEFAULT}s"), vec![edit])),
    )
}

/// Whether a directive lets large bodies in, or sends large files.
fn is_large(node: NodeRef<'_>, wait: &Wait) -> bool {
    const LARGE: u64 = 10 << 20;
    match (wait.name, node.name()) {
        ("client_body_timeout", "client_max_body_size") => {
            let size = node.arg(0).and_then(|size| nginx_offset(&size).ok());
            size.is_some_and(|size| size == 0 || size > LARGE)
        }
        ("send_timeout", "mp4" | "flv" | "slice") => true,
        ("send_timeout", "autoindex") => node.arg(0).is_some_and(|on| on == "on"),
        _ => false,
    }
}

fn finding(wait: &Wait, node: NodeRef<'_>, millis: u64, minimum: u64) -> Diagnostic {
    let Wait { name, what, fails, log } = wait;
    let enough = DEFAULT.max(minimum);
    let title = format!("wait {enough}s");
    let edits = edits::replace_arg(node, 0, &format!("{enough}s")).into_iter().collect();
    let (message, fix) = if millis == 0 && *name == "client_header_timeout" {
        let message = "nginx does not wait for the header of a request at all: every connection is closed without an answer";
        (message.to_owned(), Fix::safe(title, edits))
    } else {
        let time = if millis == 0 {
            "not at all".to_owned()
        } else {
            format!("no more than {}", millis_text(millis))
        };
        let message =
            format!("nginx waits {time} {what}: with a visitor on a slow or a mobile connection {fails}");
        (message, Fix::risky(title, edits))
    };
    let trace = log.map_or_else(
        || "the access log says 408, the error log nothing".to_owned(),
        |line| format!("nginx logs, at the level info: {line}"),
    );
    Diagnostic::new(node.head(), message, "too short for a bad connection")
        .note(trace)
        .help(format!("write `{name} {enough}s;`, which is the default, or 10s at least"))
        .fix(fix)
}
