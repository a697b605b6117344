//! nginx.conf as a tree.
//!
//! `lexer` reads one statement head after the other with pest and `builder` nests them. The rest is for
//! text that is not in order: `quotes` and `closing` go on after a quote or a brace that has no partner,
//! `braces` takes the `{4}` of a regular expression for what it is, `opening` finds the `{` missing behind
//! the head of a block, `runon` and `data` the `;` missing between two directives or two lines of data,
//! `layout` knows what indentation says.

mod braces;
mod builder;
mod closing;
mod data;
mod layout;
mod lexer;
mod marks;
mod opening;
mod quotes;
mod runon;

use std::borrow::Cow;
use std::sync::Arc;

use super::{Quote, SyntaxError, SyntaxKind, Tree};
use builder::{Builder, Pairing};

/// Blocks nested deeper than this are read, but their children count as their neighbours. nginx itself
/// recurses and dies of its stack at some 14,000.
const MAX_DEPTH: usize = 512;

/// Parses the text of `tree` into it.
///
/// Text that is in order is read once. Where braces do not pair up, the end of the file is seldom the
/// place of the mistake: the text is read again with its indentation as a witness, and that reading is
/// kept if it takes no more errors to explain the file.
pub(crate) fn parse(tree: &mut Tree) {
    let text = Arc::clone(&tree.text);
    Builder::new(tree, &text, Pairing::Order).run();
    let uneven =
        |error: &SyntaxError| matches!(error.kind, SyntaxKind::UnclosedBlock | SyntaxKind::StrayClose);
    if tree.errors.iter().any(uneven) {
        let mut again = empty_copy(tree);
        Builder::new(&mut again, &text, Pairing::Indentation).run();
        if again.errors.len() <= tree.errors.len() {
            *tree = again;
        }
    }
}

/// A tree of the same text with nothing in it.
fn empty_copy(tree: &Tree) -> Tree {
    Tree {
        file: tree.file,
        dialect: tree.dialect,
        text: Arc::clone(&tree.text),
        base: tree.base,
        nodes: Vec::new(),
        words: Vec::new(),
        comments: Vec::new(),
        skipped: Vec::new(),
        errors: Vec::new(),
        uneven: std::sync::OnceLock::new(),
    }
}

/// A word as nginx reads it: without its quotes, and with `\"`, `\'`, `\\`, `\t`, `\r` and `\n` resolved.
/// Any other backslash stays.
pub(crate) fn unquote(text: &str, quote: Quote) -> Cow<'_, str> {
    let inner = match quote {
        Quote::None => text,
        Quote::Single => text[1..].strip_suffix('\'').unwrap_or(&text[1..]),
        Quote::Double => text[1..].strip_suffix('"').unwrap_or(&text[1..]),
    };
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut value = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        let resolved = if char == '\\' { chars.as_str().chars().next().and_then(escape) } else { None };
        value.push(resolved.unwrap_or(char));
        if resolved.is_some() {
            chars.next();
        }
    }
    Cow::Owned(value)
}

/// The character a backslash before `char` stands for, if it means anything.
const fn escape(char: char) -> Option<char> {
    match char {
        '"' | '\'' | '\\' => Some(char),
        't' => Some('\t'),
        'r' => Some('\r'),
        'n' => Some('\n'),
        _ => None,
    }
}
