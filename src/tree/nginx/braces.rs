//! `{4}` in a regular expression without quotes: nginx takes its `{` for the beginning of a block.

use super::super::{Quote, SyntaxKind};
use super::builder::Builder;
use crate::source::Span;

impl Builder<'_> {
    /// Whether the `{` at `at` belongs to the word it touches. If so takes that word as it was meant, and
    /// gives where it ends.
    pub(super) fn brace_in_word(&mut self, at: usize) -> Option<usize> {
        let text = self.lexer.text;
        let word = *self.words.last()?;
        let lo = (word.span.lo - self.lexer.base) as usize;
        if word.quote != Quote::None || word.span.hi != self.lexer.base + at as u32 {
            return None;
        }
        quantifier(&text[lo..at], &text[at..])?;
        let end = word_end(text, lo, at);
        let span = self.lexer.span(lo, end);
        if let Some(last) = self.words.last_mut() {
            last.span = span;
        }
        // The last bracket of `if ($uri ~ ^/\d{4}$) {` is the condition's.
        let ends_condition = self.slice(self.words[0].span) == "if"
            && text[lo..end].ends_with(')')
            && text[end..].trim_start().starts_with('{');
        let expression = Span::new(span.lo, span.hi - u32::from(ends_condition));
        let brace = self.lexer.span(at, at + 1);
        self.error(SyntaxKind::BraceInWord, expression, Some(brace), self.slice(expression), None);
        Some(end)
    }
}

/// How long the braces are that `text` begins with, if they can be no block: `{4}`, `{2,}`, `{1,3}`, and names
/// behind `\p`, `\x` and the like. No block of nginx looks like that, for nothing in it is ended by a `;`.
fn quantifier(before: &str, text: &str) -> Option<usize> {
    let inner = text.strip_prefix('{')?;
    let inner = &inner[..inner.find('}')?];
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (least, most) = inner.split_once(',').unwrap_or((inner, ""));
    let counts = !inner.is_empty() && inner != "," && digits(least) && digits(most);
    let escape =
        ["\\p", "\\P", "\\x", "\\o", "\\N", "\\g", "\\k"].iter().any(|escape| before.ends_with(escape));
    let name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'^' | b'+' | b'-' | b'&');
    let named = escape && !inner.is_empty() && inner.bytes().all(name);
    (counts || named).then_some(inner.len() + 2)
}

/// Where the word from `lo` on ends that was read up to the `{` at `at`, with that and further braces in it.
fn word_end(text: &str, lo: usize, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    loop {
        match bytes.get(at) {
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b';') => return at,
            Some(b'\\') => {
                // A backslash takes the next character with it.
                at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
            }
            Some(b'{') => match quantifier(&text[lo..at], &text[at..]) {
                Some(length) => at += length,
                None => return at,
            },
            Some(_) => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_no_block_belongs_to_a_word() {
        for text in ["{4}", "{2,}", "{1,3}$", "{,3}"] {
            assert!(quantifier("^/a", text).is_some(), "{text}");
        }
        for text in ["{}", "{,}", "{ 4 }", "{a}", "{1;}", "{4", "{\n4}", "x"] {
            assert!(quantifier("^/a", text).is_none(), "{text}");
        }
        assert_eq!(quantifier("\\p", "{Lu}+"), Some(4));
        assert_eq!(quantifier("p", "{Lu}+"), None);
    }
}
