//! A node with its tree: the questions rules ask.

use std::borrow::Cow;
use std::fmt;

use super::{At, Body, Dialect, Node, NodeId, Quote, Tree, Word, apache, ini, nginx};
use crate::source::Span;

/// Iterates over nodes that stand side by side.
#[derive(Debug, Clone)]
pub struct Siblings<'a> {
    tree: &'a Tree,
    next: u32,
    end: u32,
}

impl<'a> Siblings<'a> {
    /// The nodes from index `next` to before `end` that are in no block among them.
    pub(super) fn between(tree: &'a Tree, next: u32, end: u32) -> Self {
        Self { tree, next, end }
    }
}

impl<'a> Iterator for Siblings<'a> {
    type Item = NodeRef<'a>;

    fn next(&mut self) -> Option<NodeRef<'a>> {
        if self.next >= self.end {
            return None;
        }
        let node = self.tree.node(NodeId(self.next));
        self.next = node.raw().end.0;
        Some(node)
    }
}

/// A node together with its tree: what rules hold.
#[derive(Clone, Copy)]
pub struct NodeRef<'a> {
    /// The tree it stands in.
    pub tree: &'a Tree,
    /// Its index there.
    pub id: NodeId,
}

impl fmt::Debug for NodeRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.tree.slice(self.head()))
    }
}

impl PartialEq for NodeRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.tree.file == other.tree.file && self.id == other.id
    }
}

impl<'a> NodeRef<'a> {
    /// The node itself.
    pub fn raw(self) -> &'a Node {
        &self.tree.nodes[self.id.0 as usize]
    }

    /// Its name as written, quotes taken off.
    pub fn name(self) -> &'a str {
        let name = self.raw().name;
        let text = self.tree.slice(name.span);
        if name.quote == Quote::None { text } else { text.get(1..text.len() - 1).unwrap_or(text) }
    }

    /// Whether it has this name, in the way of its language (Apache ignores case).
    pub fn is(self, name: &str) -> bool {
        match self.tree.dialect {
            Dialect::Apache => self.name().eq_ignore_ascii_case(name),
            _ => self.name() == name,
        }
    }

    /// The span of its name.
    pub fn name_span(self) -> Span {
        self.raw().name.span
    }

    /// From its first byte to its last.
    pub fn span(self) -> Span {
        self.raw().span
    }

    /// From its first byte to the end of its last argument.
    pub fn head(self) -> Span {
        self.raw().head
    }

    /// Its body, for blocks and sections.
    pub fn body(self) -> Option<Body> {
        self.raw().body
    }

    /// Its arguments.
    pub fn words(self) -> &'a [Word] {
        let (lo, hi) = self.raw().args;
        &self.tree.words[lo as usize..hi as usize]
    }

    /// The span of argument `index`.
    pub fn arg_span(self, index: usize) -> Option<Span> {
        self.words().get(index).map(|word| word.span)
    }

    /// Argument `index` as the server reads it: quotes and escapes resolved, variables not.
    pub fn arg(self, index: usize) -> Option<Cow<'a, str>> {
        self.words().get(index).map(|&word| self.value(word))
    }

    /// All arguments as the server reads them.
    pub fn args(self) -> impl ExactSizeIterator<Item = Cow<'a, str>> {
        self.words().iter().map(move |&word| self.value(word))
    }

    /// A word of this node as the server reads it.
    pub fn value(self, word: Word) -> Cow<'a, str> {
        let text = self.tree.slice(word.span);
        match self.tree.dialect {
            Dialect::Nginx => nginx::unquote(text, word.quote),
            Dialect::Apache => apache::unquote(text, word.quote),
            Dialect::Php | Dialect::Fpm => ini::unquote(text, word.quote),
            Dialect::Service => Cow::Borrowed(text),
        }
    }

    /// The span of argument `index` without its quotes, where the text there is the value itself:
    /// what an edit of a part of the argument can count in. `None` when escapes stand between.
    pub fn plain_span(self, index: usize) -> Option<Span> {
        let word = self.words().get(index)?;
        let inner = match word.quote {
            Quote::None => word.span,
            _ => Span::new(word.span.lo + 1, word.span.hi.checked_sub(1)?),
        };
        (self.tree.slice(inner) == self.value(*word)).then_some(inner)
    }

    /// This node, for keeping.
    pub fn at(self) -> At {
        At { file: self.tree.file, node: self.id }
    }

    /// The nodes directly inside its body.
    pub fn children(self) -> Siblings<'a> {
        Siblings::between(self.tree, self.id.0 + 1, self.raw().end.0)
    }

    /// The block it stands in.
    pub fn parent(self) -> Option<NodeRef<'a>> {
        self.raw().parent.map(|id| self.tree.node(id))
    }

    /// The white space its line begins with, for edits that add a line beside it.
    pub fn indent(self) -> &'a str {
        let at = (self.span().lo - self.tree.base) as usize;
        let start = self.tree.text[..at].rfind('\n').map_or(0, |found| found + 1);
        let line = &self.tree.text[start..at];
        if line.trim().is_empty() { line } else { &line[..line.len() - line.trim_start().len()] }
    }
}
