//! A word as the server reads it, with the places its parts are written at.

use std::borrow::Cow;
use std::ops::Range;

use super::{NodeRef, Quote, Word};
use crate::source::Span;

/// A word, or a part of one, with quotes and escapes resolved.
#[derive(Debug, Clone)]
pub struct Text<'a> {
    /// What the server reads.
    pub value: Cow<'a, str>,
    /// Where it is written, quotes included.
    span: Span,
    /// Where its first byte is written; `None` where escapes make the bytes there other ones.
    plain: Option<u32>,
}

impl<'a> Text<'a> {
    /// The text of a word of `node`.
    pub fn of(node: NodeRef<'a>, word: Word) -> Self {
        let value = node.value(word);
        let inner = match word.quote {
            Quote::None => word.span,
            _ => Span::new(word.span.lo + 1, word.span.hi.saturating_sub(1).max(word.span.lo + 1)),
        };
        let plain = (node.tree.slice(inner) == value).then_some(inner.lo);
        Self { value, span: word.span, plain }
    }

    /// The text of argument `index`.
    pub fn arg(node: NodeRef<'a>, index: usize) -> Option<Self> {
        node.words().get(index).map(|&word| Self::of(node, word))
    }

    /// A part of it.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Self {
        let value = match &self.value {
            Cow::Borrowed(value) => Cow::Borrowed(&value[range.clone()]),
            Cow::Owned(value) => Cow::Owned(value[range.clone()].to_owned()),
        };
        let plain = self.plain.map(|plain| plain + range.start as u32);
        let span = plain.map_or(self.span, |lo| Span::new(lo, lo + range.len() as u32));
        Self { value, span, plain }
    }

    /// All of it from byte `at` on.
    #[must_use]
    pub fn from(&self, at: usize) -> Self {
        self.part(at..self.value.len())
    }

    /// Where the text is written; the whole word where a part of it cannot be told.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Where the bytes of a range are written, for labels.
    pub fn span_of(&self, range: Range<usize>) -> Span {
        self.plain.map_or(self.span, |lo| Span::new(lo + range.start as u32, lo + range.end as u32))
    }

    /// Where the text itself stands, for edits; `None` when escapes stand between.
    pub fn exact(&self) -> Option<Span> {
        self.plain.map(|lo| Span::new(lo, lo + self.value.len() as u32))
    }
}
