//! Blocks that lack their `{`, and words that took a `}` with them.
//!
//! nginx refuses both, and most often names a line far below.

use super::super::{Body, Quote, SyntaxKind, Word};
use super::builder::Builder;
use super::runon::Head;
use crate::source::Span;
use crate::vocabulary::{self, Contexts};

impl Head<'_> {
    /// Where the body begins of a block whose `{` is missing: the words before it are its head, and those
    /// behind it a directive that can stand in it.
    pub(super) fn unopened(&self) -> Option<usize> {
        if !vocabulary::nginx_opens_block(self.text(0)) {
            return None;
        }
        let (blocks, simple): (Vec<_>, Vec<_>) = self.meanings(0).into_iter().partition(|word| word.block);
        let takes = |words: &[&vocabulary::NginxWord], end: usize| {
            words.iter().any(|word| word.args.accepts(end - 1))
        };
        if blocks.is_empty() || (self.block && takes(&blocks, self.words.len())) {
            return None;
        }
        (1..self.words.len()).find(|&at| {
            let alone = simple.is_empty() || (self.begins_line(at) && !takes(&simple, at));
            alone && takes(&blocks, at) && self.begins_inside(at)
        })
    }

    /// Whether what is behind `at` can stand in the block whose head is before it.
    fn begins_inside(&self, at: usize) -> bool {
        let inside = self.contexts.inside(self.text(0));
        if inside.is_empty() {
            return self.begins_line(at) && !self.block;
        }
        let rest = Head { words: &self.words[at..], contexts: inside, ..*self };
        rest.fits(0, rest.words.len(), self.block) || rest.unopened().is_some()
    }

    /// The word that ends its line and has the `}` of its block at its end, with the next line being a
    /// directive of the block or of the one around it.
    pub(super) fn glued(&self, around: Contexts) -> Option<usize> {
        let next = |at: usize| {
            let contexts = self.contexts | around;
            self.begins_line(at) && !Head { contexts, ..*self }.meanings(at).is_empty()
        };
        (1..self.words.len().saturating_sub(1)).find(|&at| self.is_glued(at) && next(at + 1))
    }

    /// Whether the word at `at` has the `}` of its block at its end, and a directive would end with it.
    pub(super) fn is_glued(&self, at: usize) -> bool {
        let text = self.text(at);
        let closes = self.words[at].quote == Quote::None && text.len() > 1 && text.ends_with('}');
        let data = self.contexts.is_empty();
        let ends = || self.meanings(0).iter().any(|word| !word.block && word.args.accepts(at));
        closes && !text.contains('{') && at > 0 && (data || ends())
    }
}

impl Builder<'_> {
    /// Opens the block whose head is `words`, and which has no `{`.
    pub(super) fn open_unopened(&mut self, words: &[Word], next: Span) {
        let id = self.node(words, None);
        let (name, end) = (words[0].span, words[words.len() - 1].span.hi);
        let open = Span::at(end);
        self.tree.nodes[id.0 as usize].body = Some(Body { open, close: None, raw: None });
        let what = self.slice(name);
        self.error(SyntaxKind::MissingBrace, name.to(open), Some(next), what, Some((end, " {")));
        self.enter(id, name, open);
    }

    /// Makes a node of `words` without the `}` at their end, which closes the block.
    pub(super) fn close_glued(&mut self, words: &[Word]) {
        let mut words = words.to_vec();
        let Some(last) = words.last_mut() else { return };
        let mark = Span::new(last.span.hi - 1, last.span.hi);
        last.span.hi = mark.lo;
        self.missing_semicolon(&words, mark);
        self.node(&words, None);
        self.close_brace(mark);
    }
}
