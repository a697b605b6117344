//! Values with a `;` in them and no quotes around: `add_header X-XSS-Protection 1; mode=block;`.

use crate::source::Span;
use crate::tree::{NodeRef, Quote, Siblings};
use crate::vocabulary;

/// The directives whose values have a `;` in them.
const DIRECTIVES: [&str; 5] =
    ["add_header", "add_trailer", "more_set_headers", "proxy_set_header", "proxy_cookie_path"];

/// A value that goes on in what nginx takes for directives.
pub(super) struct SplitValue<'a> {
    /// The directive it belongs to.
    pub(super) directive: &'a str,
    /// From its first byte to its last, the `;` behind it not included.
    pub(super) span: Span,
    /// What stands there.
    pub(super) text: &'a str,
    /// Whether the directive asked about is the first of those that are parts of it.
    pub(super) first: bool,
}

/// The value that `node`, which is no directive, is a part of.
pub(super) fn at(node: NodeRef<'_>) -> Option<SplitValue<'_>> {
    let line: Vec<NodeRef<'_>> = siblings(node).skip_while(|other| !same_line(*other, node)).collect();
    let before = line.iter().take_while(|other| other.id < node.id);
    let owner = before.filter(|other| is_known(**other)).last().copied();
    let owner = owner.filter(|owner| DIRECTIVES.contains(&owner.name()))?;
    let value = owner.words().last().filter(|word| word.quote == Quote::None)?;
    let part =
        |other: &&NodeRef<'_>| same_line(**other, node) && other.body().is_none() && !is_known(**other);
    let parts: Vec<_> = line.iter().skip_while(|other| other.id <= owner.id).take_while(part).collect();
    let (first, last) = (parts.first()?, parts.last()?);
    let span = Span::new(value.span.lo, last.head().hi);
    let text = node.tree.slice(span);
    // A value that holds quotes of its own is not put in quotes here.
    (!text.contains('"')).then_some(SplitValue {
        directive: owner.name(),
        span,
        text,
        first: **first == node,
    })
}

fn is_known(node: NodeRef<'_>) -> bool {
    !vocabulary::nginx(node.name()).is_empty()
}

fn siblings(node: NodeRef<'_>) -> Siblings<'_> {
    node.parent().map_or_else(|| node.tree.top(), NodeRef::children)
}

/// Whether two nodes of a file begin on one line.
fn same_line(one: NodeRef<'_>, other: NodeRef<'_>) -> bool {
    let between = Span::new(one.span().lo.min(other.span().lo), one.span().lo.max(other.span().lo));
    !one.tree.slice(between).contains('\n')
}
