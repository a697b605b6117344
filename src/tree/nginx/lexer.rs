//! From text to words: what `grammar/nginx.pest` reads, as spans.

use pest::Parser as _;
use pest::iterators::Pair;

use super::super::{Quote, Word};
use crate::source::Span;

/// Keeps the code pest generates, which has no documentation, to itself.
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "grammar/nginx.pest"]
    pub(super) struct Grammar;
}

use grammar::{Grammar, Rule};

/// A quote at which the grammar stopped.
pub(super) enum BadQuote {
    /// The file ends before the quote does.
    Unclosed,
    /// The quoted word, behind which something stands that nginx does not take there.
    TextAfter(Word),
}

/// Reads tokens out of one text. Offsets are into the text, spans into the address space.
#[derive(Clone, Copy)]
pub(super) struct Lexer<'t> {
    pub(super) text: &'t str,
    pub(super) base: u32,
}

impl<'t> Lexer<'t> {
    /// The span from one offset to another.
    pub(super) fn span(self, lo: usize, hi: usize) -> Span {
        Span::new(self.base + lo as u32, self.base + hi as u32)
    }

    /// Reads the words and comments of the statement that begins behind `at`; gives where it stopped.
    pub(super) fn head(self, at: usize, words: &mut Vec<Word>, comments: &mut Vec<Span>) -> usize {
        let Some(head) = self.read(Rule::head, at) else { return self.text.len() };
        let end = at + head.as_span().end();
        for token in head.into_inner() {
            let (lo, hi) = (at + token.as_span().start(), at + token.as_span().end());
            let quote = match token.as_rule() {
                Rule::bare => Quote::None,
                Rule::double => Quote::Double,
                Rule::single => Quote::Single,
                _ => {
                    let line = self.text[lo..hi].trim_end_matches('\r');
                    comments.push(self.span(lo, lo + line.len()));
                    continue;
                }
            };
            words.push(Word { span: self.span(lo, hi), quote });
        }
        end
    }

    /// What is wrong with the quote at `at`, where [`Self::head`] stopped.
    pub(super) fn bad_quote(self, at: usize) -> BadQuote {
        let token = self.read(Rule::quoted, at).and_then(|pair| pair.into_inner().next());
        let Some(token) = token else { return BadQuote::Unclosed };
        let quote = if token.as_rule() == Rule::double { Quote::Double } else { Quote::Single };
        BadQuote::TextAfter(Word { span: self.span(at, at + token.as_span().end()), quote })
    }

    /// Where Lua code that begins at `at` comes to a brace, to a long bracket that is never closed, or
    /// to the end of the file.
    pub(super) fn lua(self, at: usize) -> usize {
        self.read(Rule::lua, at).map_or(self.text.len(), |code| at + code.as_span().end())
    }

    /// Reads `rule` at `at`. No rule of the grammar fails; if one did, nothing would be read.
    fn read(self, rule: Rule, at: usize) -> Option<Pair<'t, Rule>> {
        Grammar::parse(rule, &self.text[at..]).ok()?.next()
    }
}
