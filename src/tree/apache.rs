//! Apache httpd configurations: the grammar's lines become a [`Tree`].
//!
//! Everything here follows httpd's own reader (`ap_cfg_getline`, `ap_getword_conf`,
//! `ap_build_config`), checked against httpd 2.4.71:
//!
//! * Lines joined by a trailing backslash are one line, comments included; white space around it is
//!   dropped; `#` is a comment only as its first character. White space is ASCII, `\r` among it, so CRLF
//!   files need nothing special.
//! * A word that begins with a quote ends at the next such quote or, without one, with the line. That is
//!   no error to httpd; [`is_closed`] tells.
//! * A section's first line ends at its **last** `>`. What follows that, and what follows `</Name>` behind
//!   white space, is dropped without a word: it is in [`Tree::skipped`].
//! * `<RequireAll` alone on its line is taken as closed.
//! * A NUL byte hides the rest of its line.
//!
//! Variables (`${NAME}`) stay as they are written. So do macros: the body of `<Macro>` is read like any
//! other section. Directives that split their own arguments (`RewriteRule`, `RewriteCond`, where a
//! backslash keeps a blank inside a word) are split here like all others.
//! Not followed: the longest line httpd takes (16 MiB, and 8 KiB in `.htaccess` and in macros).

mod build;
mod closing;
mod lex;
mod tag;

use std::borrow::Cow;

use super::{Quote, Tree};

/// Parses the text of `tree` into it.
pub(crate) fn parse(tree: &mut Tree) {
    build::Builder::new(tree).run();
}

/// A word as the server reads it: continuations, quotes and escapes resolved.
///
/// `\\` is one backslash, in quotes or not; the quote itself is escaped inside quotes only; every
/// other backslash stays.
pub(crate) fn unquote(text: &str, quote: Quote) -> Cow<'_, str> {
    let text = joined(text);
    let Some(mark) = mark(quote) else {
        return if text.contains("\\\\") { Cow::Owned(unescape(&text, None)) } else { text };
    };
    let end = closing(&text, mark).unwrap_or(text.len());
    let inner = text.get(1..end).unwrap_or_default();
    if inner.contains('\\') {
        return Cow::Owned(unescape(inner, Some(mark)));
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(1..end).unwrap_or_default()),
        Cow::Owned(_) => Cow::Owned(inner.to_owned()),
    }
}

/// Whether a word that begins with a quote also ends with it. httpd takes one that does not, together
/// with the rest of its line.
pub fn is_closed(text: &str, quote: Quote) -> bool {
    mark(quote).is_none_or(|mark| closing(&joined(text), mark).is_some())
}

/// `text` without its continuations, the way httpd takes them out: line by line, a backslash that comes
/// to stand before a line break counting each time.
pub fn joined(text: &str) -> Cow<'_, str> {
    if !text.contains('\n') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        out.push_str(line);
        let kept = without_break(&out).and_then(|kept| kept.strip_suffix('\\'));
        if let Some(length) = kept.map(str::len) {
            out.truncate(length);
        }
    }
    Cow::Owned(out)
}

/// `text` without the line break it ends in, if it does.
fn without_break(text: &str) -> Option<&str> {
    let text = text.strip_suffix('\n')?;
    Some(text.strip_suffix('\r').unwrap_or(text))
}

/// The character of a quote.
const fn mark(quote: Quote) -> Option<u8> {
    match quote {
        Quote::None => None,
        Quote::Single => Some(b'\''),
        Quote::Double => Some(b'"'),
    }
}

/// Where the quote that opens `text` is closed.
fn closing(text: &str, mark: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            byte if byte == mark => return Some(at),
            b'\\' if bytes.get(at + 1).is_some_and(|&next| next == mark || next == b'\\') => at += 2,
            _ => at += 1,
        }
    }
    None
}

/// Takes away the backslashes that escape a backslash or the quote.
fn unescape(text: &str, mark: Option<u8>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let escaped =
            chars.next_if(|&next| char == '\\' && (next == '\\' || mark.map(char::from) == Some(next)));
        out.push(escaped.unwrap_or(char));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_words_lose_quotes_and_the_escapes_of_quote_and_backslash() {
        assert_eq!(unquote(r#""x\\y\"z\n""#, Quote::Double), r#"x\y"z\n"#);
        assert_eq!(unquote(r#"'x\'y\"'"#, Quote::Single), r#"x'y\""#);
        assert_eq!(unquote(r#"x\\y\"z"#, Quote::None), r#"x\y\"z"#);
        assert!(matches!(unquote("\"plain\"", Quote::Double), Cow::Borrowed("plain")));
    }

    #[test]
    fn a_quote_never_closed_takes_the_rest() {
        assert_eq!(unquote("\"abc d", Quote::Double), "abc d");
        assert_eq!(unquote("\"abc\\\"", Quote::Double), "abc\"");
        assert_eq!(unquote("\"", Quote::Double), "");
        assert!(!is_closed("\"abc\\\"", Quote::Double));
        assert!(is_closed("\"abc\\\\\"", Quote::Double));
    }

    #[test]
    fn continuations_vanish_before_anything_else_is_read() {
        assert_eq!(unquote("ab\\\nc\\\r\nd", Quote::None), "abcd");
        assert_eq!(unquote("\"a\\\\\n\"b\"", Quote::Double), "a\"b");
        assert_eq!(joined("b\\\\\n\nc"), "bc");
    }
}
