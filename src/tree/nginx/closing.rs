//! How blocks end: by their `}`, and where it is missing.

use super::super::{NodeId, SyntaxKind};
use super::builder::{Builder, Open, Pairing};
use super::{MAX_DEPTH, layout};
use crate::source::Span;

impl Builder<'_> {
    /// A `}`.
    pub(super) fn close_brace(&mut self, mark: Span) {
        if !self.words.is_empty() {
            self.unterminated(mark);
        }
        if self.pairing == Pairing::Indentation && !self.close_to_column((mark.lo - self.lexer.base) as usize)
        {
            self.stray(mark);
            return;
        }
        match self.open.pop() {
            None => self.stray(mark),
            Some(block) => {
                self.place = block.outer;
                match block.node {
                    None => self.tree.skipped.push(mark),
                    Some(id) => self.close(id, mark.hi, Some(mark)),
                }
            }
        }
    }

    /// A `}` that closes nothing.
    fn stray(&mut self, mark: Span) {
        self.error(SyntaxKind::StrayClose, mark, None, "}", None);
        self.tree.skipped.push(mark);
    }

    /// Ends the block `id`.
    fn close(&mut self, id: NodeId, hi: u32, close: Option<Span>) {
        let end = NodeId(self.tree.nodes.len() as u32);
        let node = &mut self.tree.nodes[id.0 as usize];
        node.end = end;
        node.span.hi = node.span.hi.max(hi);
        self.last = node.span.hi;
        if let Some(body) = &mut node.body {
            body.close = close;
        }
    }

    /// Ends the innermost block, which has no `}`.
    pub(super) fn close_unclosed(&mut self) {
        let Some(block) = self.open.pop() else { return };
        self.place = block.outer;
        let Some(id) = block.node else { return };
        self.close(id, self.last, None);
        self.unclosed(id);
    }

    /// Reports that the block `id`, which ends here, is never closed.
    pub(super) fn unclosed(&mut self, id: NodeId) {
        let node = &self.tree.nodes[id.0 as usize];
        let (head, open) = (node.head, node.body.map(|body| body.open));
        let name = self.slice(node.name.span);
        let insert = self.closing_line(head);
        self.error(SyntaxKind::UnclosedBlock, head, open, name, insert);
    }

    /// The line with a `}` that is missing behind what was read last, for the block with this head. Only
    /// the indentation tells where that is.
    fn closing_line(&self, head: Span) -> Option<(u32, &'static str)> {
        if self.pairing == Pairing::Order {
            return None;
        }
        let (text, base) = (self.lexer.text, self.lexer.base);
        let last = (self.last - base) as usize;
        let line = last + text[last..].find('\n')? + 1;
        let indent = layout::indent(text, (head.lo - base) as usize)?;
        let closing = layout::closing_line(indent, text[..line].ends_with("\r\n"))?;
        Some((base + line as u32, closing))
    }

    /// Ends the blocks that a statement at `at` cannot stand in, as it is indented no further than they.
    pub(super) fn close_by_column(&mut self, at: usize) {
        let Some(column) = layout::column(self.lexer.text, at) else { return };
        while let Some(Open { column: Some(block), .. }) = self.open.last()
            && column <= *block
        {
            self.close_unclosed();
        }
    }

    /// Ends the blocks inside the one that the `}` at `at` belongs to by its indentation. Tells whether
    /// there is one to close.
    fn close_to_column(&mut self, at: usize) -> bool {
        let Some(column) = layout::column(self.lexer.text, at) else { return true };
        let mut near = self.open.iter().rev().take(MAX_DEPTH);
        if !near.any(|block| block.column == Some(column)) {
            let inner = self.open.last().and_then(|block| block.column);
            return inner.is_none_or(|inner| inner > column);
        }
        while self.open.last().is_some_and(|block| block.column != Some(column)) {
            self.close_unclosed();
        }
        true
    }
}
