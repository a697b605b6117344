//! What a value is made of: where PHP stops reading it, and what it says without its quotes.

use std::borrow::Cow;

use super::super::{Dialect, SyntaxKind};
use super::lexer::{self, Piece, PieceKind, Value};
use crate::value::php_reserved;

/// Why PHP cannot read a value, and where.
pub(super) struct Fault {
    pub(super) kind: SyntaxKind,
    pub(super) at: usize,
    pub(super) len: usize,
}

/// The first fault of a value that was read out of `text`, if it has one.
pub(super) fn fault(dialect: Dialect, text: &str, value: &Value) -> Option<Fault> {
    let fault = misplaced(text, value)
        .or_else(|| misunderstood(dialect, text, value))
        .or_else(|| open_variable(text, value))
        .or_else(|| stopped(text, value))?;
    // A quote that runs on over lines and then ends where nothing can follow was meant to end on its own line.
    let runaway = value.pieces.iter().find(|piece| piece.range.start < fault.at && spans_lines(text, piece));
    Some(runaway.map_or(fault, |piece| at_character(SyntaxKind::UnclosedQuote, piece.range.start)))
}

/// Whether a piece, which is a quoted one then, goes over the end of a line.
fn spans_lines(text: &str, piece: &Piece) -> bool {
    text[piece.range.clone()].contains(['\n', '\r'])
}

/// A fault of one character.
fn at_character(kind: SyntaxKind, at: usize) -> Fault {
    Fault { kind, at, len: 1 }
}

/// A piece where the grammar of expressions has no place for it: an operator wants operands, `on` and its
/// like want to be alone, parentheses want to pair up.
fn misplaced(text: &str, value: &Value) -> Option<Fault> {
    let bad =
        |piece: &Piece| Fault { kind: SyntaxKind::BadValue, at: piece.range.start, len: piece.range.len() };
    let mut wants_operand = true;
    let mut behind_parenthesis = false;
    let mut open = Vec::new();
    for piece in value.pieces.iter().filter(|piece| piece.kind != PieceKind::Blanks) {
        let word = &text[piece.range.clone()];
        let fits = match (piece.kind, word) {
            (PieceKind::Operator, "(") => {
                open.push(piece);
                wants_operand
            }
            (PieceKind::Operator, "!" | "~") => wants_operand,
            (PieceKind::Operator, ")") => {
                behind_parenthesis = true;
                open.pop().is_some() && !wants_operand
            }
            (PieceKind::Operator, _) => {
                behind_parenthesis = false;
                !std::mem::replace(&mut wants_operand, true)
            }
            (kind, _) => {
                wants_operand = false;
                let reserved = kind == PieceKind::Plain && php_reserved(word).is_some();
                !behind_parenthesis && (!reserved || value.pieces.len() == 1)
            }
        };
        if !fits {
            return Some(bad(piece));
        }
    }
    let dangling = value.pieces.last().filter(|_| wants_operand);
    dangling.or(open.pop()).filter(|_| stopped(text, value).is_none()).map(bad)
}

/// A `''`. Its second quote begins a key: php.ini does not mind a key `'`, FPM does, and anything beside the
/// quotes is lost.
fn misunderstood(dialect: Dialect, text: &str, value: &Value) -> Option<Fault> {
    let empty = value.pieces.last().filter(|piece| piece.kind == PieceKind::Empty)?;
    let harmless = dialect == Dialect::Php && value.pieces.len() == 1 && stopped(text, value).is_none();
    (!harmless).then_some(Fault { kind: SyntaxKind::BadValue, at: empty.range.start, len: 2 })
}

/// A `${` in double quotes that no `}` ends: PHP looks for it behind the quote.
fn open_variable(text: &str, value: &Value) -> Option<Fault> {
    let doubles = value.pieces.iter().filter(|piece| piece.kind == PieceKind::Double);
    doubles
        .flat_map(|piece| piece.range.clone())
        .find(|&at| begins_open_variable(text.as_bytes(), at))
        .map(|at| Fault { kind: SyntaxKind::UnclosedVariable, at, len: 2 })
}

/// Whether a `${` stands at `at`, behind no backslash, whose name runs into something no name has.
fn begins_open_variable(text: &[u8], at: usize) -> bool {
    let backslashes = text[..at].iter().rev().take_while(|&&byte| byte == b'\\').count();
    let name = text[at..].strip_prefix(b"${").filter(|_| backslashes % 2 == 0);
    let end = name.and_then(|name| name.iter().find(|byte| b"=\n\r\t;[]\"()&|^$~{}!".contains(byte)));
    end.is_some_and(|end| *end != b'}')
}

/// What stands behind the pieces, if it is not the end of the value.
fn stopped(text: &str, value: &Value) -> Option<Fault> {
    let rest = text[value.end()..].trim_start_matches([' ', '\t']);
    let at = text.len() - rest.len();
    match rest.bytes().next()? {
        b'\n' | b'\r' | b';' => None,
        b'"' | b'\'' => Some(at_character(SyntaxKind::UnclosedQuote, at)),
        b'\0' => Some(at_character(SyntaxKind::NulByte, at)),
        b'$' if rest.starts_with("${") => {
            let line = &rest[..rest.find(['\n', '\r', ';']).unwrap_or(rest.len())];
            let kind = if line.contains('}') { SyntaxKind::BadValue } else { SyntaxKind::UnclosedVariable };
            Some(Fault { kind, at, len: 2 })
        }
        _ => Some(at_character(SyntaxKind::BadValue, at)),
    }
}

/// A value without quotes around it: what quoted parts say, joined with what stands beside them.
pub(super) fn joined(text: &str) -> Cow<'_, str> {
    if !text.contains(['"', '\'']) {
        return Cow::Borrowed(text);
    }
    let pieces = lexer::value(text);
    let read = pieces.last().map_or(0, |piece| piece.range.end);
    if read < text.len() || pieces.iter().any(|piece| piece.kind == PieceKind::Operator) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for (index, piece) in pieces.iter().enumerate() {
        let word = &text[piece.range.clone()];
        match piece.kind {
            PieceKind::Double => out.push_str(&unescaped(&word[1..word.len() - 1])),
            PieceKind::Single | PieceKind::Empty => out.push_str(&word[1..word.len() - 1]),
            // Blanks before and behind `"` are taken with it; those beside `'` are text.
            PieceKind::Blanks if beside_double(&pieces, index) => {}
            _ => out.push_str(word),
        }
    }
    Cow::Owned(out)
}

/// Whether the piece before or behind `index` is a string in double quotes.
fn beside_double(pieces: &[Piece], index: usize) -> bool {
    let is_double = |piece: Option<&Piece>| piece.is_some_and(|piece| piece.kind == PieceKind::Double);
    is_double(pieces.get(index + 1)) || is_double(index.checked_sub(1).and_then(|before| pieces.get(before)))
}

/// The inside of a string in double quotes: `\"`, `\\` and `\$` lose their backslash, others keep it.
pub(super) fn unescaped(inner: &str) -> Cow<'_, str> {
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(&next @ ('"' | '\\' | '$')) if c == '\\' => {
                out.push(next);
                chars.next();
            }
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}
