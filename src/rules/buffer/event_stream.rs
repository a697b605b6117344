//! `buffer/event-stream`: nginx gathers the events of a stream that are to arrive at once.

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::{Nginx, ScopeKind};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "buffer/event-stream",
    severity: Severity::Hint,
    summary: "nginx buffers a stream of events, which arrive all together at its end",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/buffer/event-stream.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        let buffers = matches!(
            hop.protocol,
            Protocol::Http | Protocol::Https | Protocol::Fastcgi | Protocol::Uwsgi | Protocol::Scgi
        );
        if buffers && nginx.scope(hop.scope).kind == ScopeKind::Location {
            sink.report_once(finding(context, nginx, hop));
        }
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<Diagnostic> {
    let (node, label) =
        nginx.entries(context.files, hop.scope).find_map(|node| Some((node, meaning(node)?)))?;
    let name = format!("{}_buffering", hop.protocol.nginx_prefix());
    let buffering = nginx.flag(context.files, hop.scope, &name, true)?;
    if !buffering.value || (buffering.is_default() && !nginx.is_certain(hop.scope)) {
        return None;
    }
    let line = format!("{name} off;");
    let message = "nginx gathers what the backend sends until a buffer is full or it is done: events arrive all together";
    let own = nginx.here(context.files, hop.scope, &name).last();
    let edit = match own {
        Some(own) => edits::set_value(own, "off"),
        None => edits::insert_line_after(context.files.node(hop.at), &line),
    };
    Some(
        Diagnostic::new(node.head(), message, label)
            .label(hop.span, "what comes from here is buffered")
            .note("the page gets nothing for minutes, then everything at once; nginx logs nothing, or 504 after `…_read_timeout`")
            .help(format!("write `{line}`, or have the backend itself send `X-Accel-Buffering: no`"))
            .fix(Fix::risky("do not buffer", vec![edit])),
    )
}

/// What a line says of a stream that is meant to go through here.
fn meaning(node: NodeRef<'_>) -> Option<&'static str> {
    let is = |index, text: &str| node.arg(index).is_some_and(|arg| arg.eq_ignore_ascii_case(text));
    let streams = |index| node.arg(index).is_some_and(|arg| arg.starts_with("text/event-stream"));
    match node.name() {
        "add_header" if is(0, "X-Accel-Buffering") && is(1, "no") => {
            Some("nginx reads this header in answers of the backend, not in its own")
        }
        name if name.ends_with("_set_header") && is(0, "X-Accel-Buffering") && is(1, "no") => {
            Some("the backend gets this header; nginx reads it in the answer only")
        }
        "add_header" if is(0, "Content-Type") && streams(1) => Some("a stream of events"),
        "default_type" if streams(0) => Some("a stream of events"),
        name if name.ends_with("_set_header") && is(0, "Accept") && streams(1) => Some("a stream of events"),
        _ => None,
    }
}
