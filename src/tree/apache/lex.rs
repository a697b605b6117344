//! The grammar, and its tokens as spans.

use pest::Parser as _;
use pest::iterators::Pair;

use crate::source::Span;
use crate::tree::{Quote, Word};

pub(super) use grammar::Rule;

/// What pest makes of `grammar/apache.pest`; its items have no documentation.
mod grammar {
    #![allow(missing_docs, clippy::missing_docs_in_private_items)]

    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/apache.pest"]
    pub(crate) struct Grammar;
}

/// One token of the grammar.
pub(super) type Token<'t> = Pair<'t, Rule>;

/// The logical line `text` begins with. The grammar takes any text, so there always is one.
pub(super) fn line(text: &str) -> Option<Token<'_>> {
    grammar::Grammar::parse(Rule::line, text).ok()?.next()
}

/// The words of `text`, which stands at `base`.
pub(super) fn arguments(text: &str, base: u32) -> Vec<Word> {
    let parsed = grammar::Grammar::parse(Rule::arguments, text).ok();
    let tokens = parsed.into_iter().flatten().flat_map(Pair::into_inner);
    tokens.map(|token| word(&token, base)).collect()
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
        Rule::bare | Rule::tag_name => Quote::None,
        _ if token.as_str().starts_with('"') => Quote::Double,
        _ => Quote::Single,
    };
    Word { span, quote }
}

/// The part of `text`, at `base`, between the white space and continuations around it.
pub(super) fn trimmed(text: &str, base: u32) -> Option<Span> {
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
