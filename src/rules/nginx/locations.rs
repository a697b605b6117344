//! What the rules about locations share.

use crate::tree::{NodeRef, Text};
use crate::value::{LocationKind, nginx_location};

/// What a location matches, and how.
#[derive(Debug)]
pub(super) struct Location<'a> {
    pub(super) kind: LocationKind,
    /// Its path, expression, or name with the `@`.
    pub(super) name: Text<'a>,
}

impl<'a> Location<'a> {
    /// Reads the head of a location; `None` where nginx does not take it.
    pub(super) fn of(node: NodeRef<'a>) -> Option<Self> {
        let words: Vec<_> = node.args().collect();
        let (kind, index, skip) = nginx_location(&words)?.ok()?;
        Some(Self { kind, name: Text::arg(node, index)?.from(skip) })
    }
}
