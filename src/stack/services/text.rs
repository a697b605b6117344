//! Words and keys of files that tell of services, each with its place.

use crate::source::{FileId, Span};
use crate::tree::Tree;

/// A word as it is understood, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What it means; `None` when that depends on what is not in sight.
    pub text: Option<String>,
    /// Where it is written.
    pub span: Span,
    /// Whether the text at `span` is the word itself, so that an edit may count in it.
    pub plain: bool,
}

impl Said {
    /// A word that stands as it is meant.
    pub(super) fn plain(text: &str, lo: u32) -> Self {
        Self { text: Some(text.to_owned()), span: Span::new(lo, lo + text.len() as u32), plain: true }
    }

    /// What it means, if that is known.
    pub fn known(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// The part from `at` on, as a word of its own.
    pub(super) fn behind(&self, at: usize) -> Self {
        let text = self.text.as_ref().map(|text| text.get(at..).unwrap_or_default().to_owned());
        let lo = if self.plain { (self.span.lo + at as u32).min(self.span.hi) } else { self.span.lo };
        Self { text, span: Span::new(lo, self.span.hi), plain: self.plain }
    }
}

/// A `key = value` of an ini file, in its section.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The file it stands in.
    pub file: FileId,
    /// The section, without its brackets.
    pub section: String,
    /// The key.
    pub key: String,
    /// The value as it is written, lines that run on included.
    pub value: Span,
    /// From the key to the end of the value.
    pub span: Span,
}

/// The entries of a unit or of an ini of uWSGI. A value goes on behind a `\` at the end of its line.
pub(super) fn entries(tree: &Tree) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    let (mut section, mut lo, mut open) = (String::new(), tree.base, false);
    for line in tree.text.split_inclusive('\n') {
        let begin = lo;
        lo += line.len() as u32;
        let text = line.trim();
        let is_comment = text.starts_with(['#', ';']);
        if open && is_comment {
            continue;
        }
        let end = begin + line.trim_end().len() as u32;
        if open && let Some(entry) = found.last_mut() {
            (entry.value.hi, entry.span.hi) = (end, end);
        } else if let Some(name) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            name.clone_into(&mut section);
        } else if let Some((key, value)) = line.split_once('=').filter(|_| !is_comment) {
            let indent = (key.len() - key.trim_start().len()) as u32;
            let at = begin + (line.len() - value.trim_start().len()) as u32;
            found.push(Entry {
                file: tree.file,
                section: section.clone(),
                key: key.trim().to_owned(),
                value: Span::new(at.min(end), end),
                span: Span::new(begin + indent, end),
            });
        }
        open = text.ends_with('\\') && (open || text.contains('='));
    }
    found
}

/// The words of a command line or a list, as systemd and shells split them: quotes hold together,
/// `\` before the end of a line is white space, and comment lines behind it are none.
pub(super) fn words(text: &str, lo: u32) -> Vec<Said> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    let mut fresh = false;
    while at < bytes.len() {
        match bytes[at] {
            b'#' | b';' if fresh => at = text[at..].find('\n').map_or(bytes.len(), |end| at + end),
            b'\n' => (at, fresh) = (at + 1, true),
            byte if byte.is_ascii_whitespace() => at += 1,
            b'\\' if text[at + 1..].trim_start_matches(' ').starts_with(['\n', '\r']) => at += 1,
            b'\\' if at + 1 == bytes.len() => at += 1,
            _ => {
                fresh = false;
                let (word, end) = word(text, at, lo);
                found.push(word);
                at = end;
            }
        }
    }
    found
}

/// The word that begins at `at`, and where it ends.
fn word(text: &str, at: usize, lo: u32) -> (Said, usize) {
    let (mut value, mut quote, mut end) = (String::new(), None, text.len());
    let mut chars = text[at..].char_indices().peekable();
    while let Some((offset, char)) = chars.next() {
        match (char, quote) {
            (c, None) if c.is_whitespace() => {
                end = at + offset;
                break;
            }
            ('"' | '\'', None) => quote = Some(char),
            (c, Some(open)) if c == open => quote = None,
            ('\\', open) if open != Some('\'') => match chars.peek() {
                Some(&(_, '\n' | '\r')) | None => {
                    end = at + offset;
                    break;
                }
                Some(&(_, escaped)) => {
                    value.push(escaped);
                    chars.next();
                }
            },
            _ => value.push(char),
        }
    }
    let raw = &text[at..end];
    // A word in quotes is plain inside of them.
    let inner = raw.len() == value.len() + 2 && raw.get(1..raw.len() - 1) == Some(&value);
    let (from, to) = if inner { (at + 1, end - 1) } else { (at, end) };
    let plain = inner || raw == value;
    (Said { text: Some(value), span: Span::new(lo + from as u32, lo + to as u32), plain }, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<(String, bool)> {
        words(text, 0).into_iter().map(|word| (word.text.unwrap_or_default(), word.plain)).collect()
    }

    #[test]
    fn words_are_split_as_systemd_does() {
        let plain = |text: &str| (text.to_owned(), true);
        assert_eq!(split("a -b  unix:/r"), [plain("a"), plain("-b"), plain("unix:/r")]);
        assert_eq!(
            split("a \\\n  # no\n  --b='c d' \\\n \"e f\""),
            [plain("a"), ("--b=c d".to_owned(), false), plain("e f")]
        );
        assert_eq!(split("a\\x b"), [("ax".to_owned(), false), plain("b")]);
    }

    #[test]
    fn spans_are_those_of_the_text() {
        let text = "x 'y z' w";
        let spans =
            words(text, 0).into_iter().map(|word| &text[word.span.lo as usize..word.span.hi as usize]);
        assert_eq!(spans.collect::<Vec<_>>(), ["x", "y z", "w"]);
    }
}
