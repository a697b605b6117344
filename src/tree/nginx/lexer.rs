//! From text to words: what `grammar/nginx.pest` reads, as spans.

use pest::Parser as _;

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

impl Lexer<'_> {
    /// The span from one offset to another.
    pub(super) fn span(self, lo: usize, hi: usize) -> Span {
        Span::new(self.base + lo as u32, self.base + hi as u32)
    }

    /// Reads the words and comments of the statement that begins behind `at`; gives where it stopped.
    pub(super) fn head(self, at: usize, words: &mut Vec<Word>, comments: &mut Vec<Span>) -> usize {
        let start = at + blanks(&self.text.as_bytes()[at..]);
        let end = self.read(Rule::head, start);
        self.cut(start, end, words, comments);
        end + blanks(&self.text.as_bytes()[end..])
    }

    /// Cuts a head that the grammar has read into its words and comments. No terminator is left in it
    /// that is not part of a word.
    fn cut(self, start: usize, end: usize, words: &mut Vec<Word>, comments: &mut Vec<Span>) {
        let head = &self.text.as_bytes()[..end];
        let mut at = start;
        while at < end {
            let rest = &head[at..];
            let (length, quote) = match rest[0] {
                b' ' | b'\n' | b'\t' | b'\r' => {
                    at += blanks(rest);
                    continue;
                }
                b'#' => {
                    let line = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
                    let comment = rest[..line].strip_suffix(b"\r").unwrap_or(&rest[..line]);
                    comments.push(self.span(at, at + comment.len()));
                    at += line;
                    continue;
                }
                b'"' => (1 + until(&rest[1..], |byte| byte == b'"') + 1, Quote::Double),
                b'\'' => (1 + until(&rest[1..], |byte| byte == b'\'') + 1, Quote::Single),
                _ => (until(rest, is_blank), Quote::None),
            };
            words.push(Word { span: self.span(at, at + length), quote });
            at += length;
        }
    }

    /// What is wrong with the quote at `at`, where [`Self::head`] stopped.
    pub(super) fn bad_quote(self, at: usize) -> BadQuote {
        let end = self.read(Rule::quoted, at);
        if end == at {
            return BadQuote::Unclosed;
        }
        let quote = if self.text.as_bytes()[at] == b'"' { Quote::Double } else { Quote::Single };
        BadQuote::TextAfter(Word { span: self.span(at, end), quote })
    }

    /// Where Lua code that begins at `at` comes to a brace, to a long bracket that is never closed, or
    /// to the end of the file.
    pub(super) fn lua(self, at: usize) -> usize {
        self.read(Rule::lua, at)
    }

    /// Where `rule` stops that begins at `at`. No rule of the grammar fails; if one did, nothing more
    /// would be read.
    fn read(self, rule: Rule, at: usize) -> usize {
        Grammar::parse(rule, &self.text[at..]).map_or(self.text.len(), |read| at + read.as_str().len())
    }
}

/// Whether nginx takes `byte` for white space.
const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\r')
}

/// How many bytes `text` begins with that are white space.
fn blanks(text: &[u8]) -> usize {
    text.iter().position(|&byte| !is_blank(byte)).unwrap_or(text.len())
}

/// How many bytes stand before the first that ends a word and has no backslash before it.
fn until(text: &[u8], ends: impl Fn(u8) -> bool) -> usize {
    let mut at = 0;
    while at < text.len() && !ends(text[at]) {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    at.min(text.len())
}
