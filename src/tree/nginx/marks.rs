//! What a file begins with that no editor shows.

use super::super::SyntaxKind;
use super::builder::Builder;

impl Builder<'_> {
    /// Whether the text is UTF-16: then nothing is made of it.
    pub(super) fn utf16(&mut self) -> bool {
        let text = self.lexer.text;
        if !is_utf16(text) {
            return false;
        }
        let first = text.chars().next().map_or(0, char::len_utf8);
        self.error(SyntaxKind::Utf16, self.lexer.span(0, first), None, "", None);
        self.tree.skipped.push(self.lexer.span(0, text.len()));
        true
    }

    /// Skips a byte order mark, which nginx takes for the beginning of the first name.
    pub(super) fn byte_order_mark(&mut self) -> usize {
        // The second is what the bytes of the first are in Latin-1.
        let mark =
            ["\u{feff}", "\u{ef}\u{bb}\u{bf}"].into_iter().find(|mark| self.lexer.text.starts_with(mark));
        let Some(mark) = mark else { return 0 };
        let span = self.lexer.span(0, mark.len());
        self.error(SyntaxKind::ByteOrderMark, span, None, "", None);
        self.tree.skipped.push(span);
        mark.len()
    }
}

/// Whether the text is UTF-16, read byte by byte: it begins with its mark, or every other byte is NUL.
fn is_utf16(text: &str) -> bool {
    let marked = text.starts_with("\u{ff}\u{fe}") || text.starts_with("\u{fe}\u{ff}");
    if !marked && !text.get(..2).is_some_and(|start| start.contains('\0')) {
        return false;
    }
    let start: Vec<char> = text.chars().skip(usize::from(marked) * 2).take(64).collect();
    let nul = |first: usize| start.iter().skip(first).step_by(2).all(|&char| char == '\0');
    start.len() >= 8 && (nul(0) != nul(1))
}
