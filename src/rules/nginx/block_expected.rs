//! `nginx/block-expected`: a block without its `{`, or a `{` behind a directive that is no block.

use super::words::{is_damaged, logged, meanings};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::nginx::Place;
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/block-expected",
    severity: Severity::Error,
    summary: "a block without its `{`, or a `{` behind what is no block: nginx does not start",
    fixable: Fixable::No,
    card: include_str!("../../../rules/nginx/block-expected.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for place in nginx.places(context.files).filter(is_other) {
            let node = place.node;
            let excused = context.options.has_nginx(node.name()) || is_damaged(node);
            if !excused {
                sink.report_once(finding(context, node));
            }
        }
    }
}

/// Whether all meanings here want a block and there is none, or the reverse.
fn is_other(place: &Place<'_>) -> bool {
    let block = place.node.body().is_some();
    let mut here = meanings(place).peekable();
    here.peek().is_some() && here.all(|word| word.block != block)
}

fn finding(context: &Context<'_>, node: NodeRef<'_>) -> Diagnostic {
    let name = node.name();
    if let Some(body) = node.body() {
        let message = format!("`{name}` is no block and has a `{{` behind it: nginx does not start");
        let says = format!("[emerg] directive \"{name}\" is not terminated by \";\"");
        return Diagnostic::new(body.open, message, "a `;` is expected here")
            .label(node.name_span(), "this is no block")
            .note(logged(context, node.span(), &says))
            .help(format!("write `{};` and take the braces out", node.tree.slice(node.head())));
    }
    let message = format!("`{name}` is a block, and its `{{` is missing: nginx does not start");
    let says = format!("[emerg] directive \"{name}\" has no opening \"{{\"");
    Diagnostic::new(node.head(), message, "a `{` is expected behind this")
        .note(logged(context, node.span(), &says))
        .help(format!("write `{} {{`, and a `}}` where it ends", first_line(node)))
}

/// The words of the directive on its first line: without a `{`, those below were not meant for it.
fn first_line(node: NodeRef<'_>) -> &str {
    let (tree, head) = (node.tree, node.head());
    let text = tree.slice(head);
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    tree.slice(Span::new(head.lo, head.lo + end as u32)).trim_end()
}
