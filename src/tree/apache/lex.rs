//! The grammar, and its tokens as spans.

use pest::Parser as _;
use pest::iterators::Pair;

use crate::source::Span;
use crate::tree::{Quote, Word};

pub(super) use grammar::Rule;

/// What pest makes of `grammar/apache.pest`; its items have no documentation.
mod grammar {
    #![allow(missing_docs)]

    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/apache.pest"]
    pub(crate) struct Grammar;
}

/// One token of the grammar.
pub(super) type Token<'t> = Pair<'t, Rule>;

/// The statements of `text`, which begins and ends between two logical lines.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Token<'_>> {
    inside(Rule::lines, text)
}

/// The words of `text`, which stands at `base`.
pub(super) fn arguments(text: &str, base: u32) -> Vec<Word> {
    inside(Rule::arguments, text).map(|token| word(&token, base)).collect()
}

/// The tokens `rule` finds in `text`. The grammar takes any text, so it never fails.
fn inside(rule: Rule, text: &str) -> impl Iterator<Item = Token<'_>> {
    grammar::Grammar::parse(rule, text).ok().into_iter().flatten().flat_map(Pair::into_inner)
}

/// The end of the first logical line that ends at or behind `from`.
///
/// An empty line is no place to stop: it may continue a line with two backslashes.
pub(super) fn line_end(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let breaks = (from..bytes.len()).filter(|&at| bytes[at] == b'\n');
    let is_end = |&at: &usize| {
        let line = bytes[..at].strip_suffix(b"\r").unwrap_or(&bytes[..at]);
        !matches!(line.last(), Some(b'\\' | b'\n'))
    };
    breaks.into_iter().find(is_end).map_or(bytes.len(), |at| at + 1)
}

/// Where a token of a text that stands at `base` lies.
pub(super) fn span(token: &Token<'_>, base: u32) -> Span {
    let span = token.as_span();
    Span::new(base + span.start() as u32, base + span.end() as u32)
}

/// A token of `word` as a [`Word`].
pub(super) fn word(token: &Token<'_>, base: u32) -> Word {
    let mut span = span(token, base);
    if token.as_rule() == Rule::unclosed {
        // httpd trims the line before it splits it.
        span.hi = span.lo + trim_end(token.as_str()).len() as u32;
    }
    let quote = match token.as_rule() {
        Rule::double | Rule::unclosed if token.as_str().starts_with('"') => Quote::Double,
        Rule::single | Rule::unclosed => Quote::Single,
        _ => Quote::None,
    };
    Word { span, quote }
}

/// The part of `text`, at `base`, between the white space and continuations around it.
pub(super) fn trimmed(text: &str, base: u32) -> Option<Span> {
    if text.chars().all(is_space) {
        return None;
    }
    let words = arguments(text, base);
    Some(words.first()?.span.to(words.last()?.span))
}

/// A comment's token without the white space at its end.
pub(super) fn comment(token: &Token<'_>, base: u32) -> Span {
    let lo = span(token, base).lo;
    Span::new(lo, lo + trim_end(token.as_str()).len() as u32)
}

/// What httpd takes for white space.
const fn is_space(char: char) -> bool {
    matches!(char, ' ' | '\t' | '\n' | '\r' | '\x0B' | '\x0C')
}

/// `text` without trailing white space and continuations; a line break in it is a continuation's.
fn trim_end(text: &str) -> &str {
    let mut rest = text;
    loop {
        let bare = rest.trim_end_matches(is_space);
        let breaks = rest[bare.len()..].bytes().filter(|&byte| byte == b'\n').count();
        let kept = (0..breaks).try_fold(bare, |text, _| text.strip_suffix('\\'));
        match kept {
            Some(kept) if breaks > 0 => rest = kept,
            _ => return bare,
        }
    }
}
