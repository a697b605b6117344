//! What cannot be judged: text a template fills in, and text that is not in order.

use crate::source::Span;
use crate::tree::{NodeRef, SyntaxKind};

/// Whether a template fills in a part of `text`, so that nobody knows what nginx reads.
pub(super) fn is_template(text: &str) -> bool {
    let braces = ["{{", "{%", "<%", "${", "%{", "%(", "@@"].iter().any(|mark| text.contains(mark));
    braces || between(text, '@') || between(text, '%')
}

/// The same for a text with variables, in which `${` is no mark of a template.
pub(super) fn has_template(text: &str) -> bool {
    text.contains("{{") || is_template(&text.replace("${", ""))
}

/// Whether a name in capitals stands between two of these marks: `@ROOT@`, `%ROOT%`.
fn between(text: &str, mark: char) -> bool {
    let name =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    text.matches(mark).count() > 1 && text.split(mark).skip(1).any(name)
}

/// Whether something else is wrong with the text of a directive, so that its words may be none.
pub(super) fn is_garbled(node: NodeRef<'_>) -> bool {
    let head = node.head();
    let near = Span::new(head.lo, head.hi + 2);
    let mut errors = node.tree.errors_at(near).filter(|error| error.kind != SyntaxKind::BraceInWord);
    errors.any(|error| head.lo <= error.span.lo)
}
