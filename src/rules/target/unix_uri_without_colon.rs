//! `target/unix-uri-without-colon`: a URI runs into the path of a unix socket.

use super::nginx_hops;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/unix-uri-without-colon",
    severity: Severity::Error,
    summary: "a URI runs into the path of a unix socket",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/target/unix-uri-without-colon.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (_, hop) in nginx_hops(context) {
        let node = context.files.node(hop.at);
        let Some(text) = node.arg(0) else { continue };
        let target = crate::stack::nginx::target(&text, hop.protocol);
        let Some(path) = target.address.strip_prefix("unix:").filter(|_| target.url) else { continue };
        let (Some(socket), Some(plain)) = (socket_in(path), node.plain_span(0)) else { continue };
        let lo = plain.lo + (target.offset + "unix:".len()) as u32;
        let end = lo + socket.len() as u32;
        let uri = &path[socket.len()..];
        let message =
            format!("the URI `{uri}` is read as part of the path of the socket: every request answers 502");
        let diagnostic = Diagnostic::new(
            Span::new(lo, lo + path.len() as u32),
            message,
            "nginx takes all of this for the path",
        )
        .note(format!(
            "nginx logs: connect() to unix:{path} failed (20: Not a directory) while connecting to upstream"
        ))
        .help(format!("put a `:` between the two: `unix:{socket}:{uri}`"))
        .fix(Fix::safe("put a `:` behind the socket", vec![Edit::insert(end, ":")]));
        sink.report(diagnostic);
    }
}

/// The part of a path up to a name that ends as sockets do, when more follows.
fn socket_in(path: &str) -> Option<&str> {
    let ends = [".sock/", ".socket/"].iter().filter_map(|end| path.find(end).map(|at| at + end.len() - 1));
    ends.min().map(|end| &path[..end])
}
