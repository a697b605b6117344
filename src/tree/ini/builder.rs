//! From statements to nodes: keys go into the section above them, and a line that is wrong costs only itself.

use std::ops::Range;
use std::sync::Arc;

use super::super::{Body, Dialect, Node, NodeId, Quote, SyntaxError, SyntaxKind, Tree, Word};
use super::lexer::{self, Piece, PieceKind, Statement, Value};
use super::value::{self, Fault};
use crate::source::Span;
use crate::value::php_reserved;

/// After so many quotes that do not end where they should, none is followed over the end of its line any more:
/// each may have been followed through the whole file.
const MAX_STRAY_QUOTES: u32 = 16;

/// Fills a tree.
pub(super) struct Builder<'t> {
    tree: &'t mut Tree,
    text: Arc<str>,
    stray_quotes: u32,
    /// The section keys go into.
    section: Option<NodeId>,
}

impl<'t> Builder<'t> {
    pub(super) fn new(tree: &'t mut Tree) -> Self {
        let text = Arc::clone(&tree.text);
        Self { tree, text, stray_quotes: 0, section: None }
    }

    /// Reads the whole text.
    pub(super) fn run(mut self) {
        let start = self.byte_order_mark();
        if self.tree.dialect == Dialect::Fpm {
            self.lines(start);
        } else {
            self.region(start, self.text.len());
        }
        self.close_section();
    }

    /// PHP and FPM step over a byte order mark, which a text that is not UTF-8 holds as three characters.
    fn byte_order_mark(&mut self) -> usize {
        let mark = ["\u{feff}", "\u{ef}\u{bb}\u{bf}"].into_iter().find(|mark| self.text.starts_with(mark));
        let len = mark.map_or(0, str::len);
        self.skip(0, len);
        len
    }

    /// Reads line by line, as FPM does: nothing goes on behind a `\n`, and a NUL ends its line.
    fn lines(&mut self, start: usize) {
        let text = Arc::clone(&self.text);
        let mut at = start;
        for line in text[start..].split_inclusive('\n') {
            let end = at + line.trim_end_matches('\n').len();
            let seen = line.find('\0').map_or(end, |nul| at + nul);
            self.region(at, seen);
            if seen < end {
                self.cut(seen, end);
            }
            at += line.len();
        }
    }

    /// The rest of a line from a NUL on. In a comment it does no harm.
    fn cut(&mut self, nul: usize, end: usize) {
        let before = self.span(nul, nul).lo;
        let end = nul + self.text[nul..end].trim_end_matches('\r').len();
        match self.tree.comments.last_mut() {
            Some(comment) if comment.hi == before => comment.hi += (end - nul) as u32,
            _ => {
                self.error(SyntaxKind::NulByte, nul..nul + 1);
                self.skip(nul, end);
            }
        }
    }

    /// Reads the statements of `text[at..end]`.
    fn region(&mut self, mut at: usize, end: usize) {
        let text = Arc::clone(&self.text);
        let text = &text[..end];
        loop {
            let rest = text[at..].trim_start_matches([' ', '\t', '\n', '\r']);
            at = end - rest.len();
            if rest.is_empty() {
                return;
            }
            let trusted = self.stray_quotes < MAX_STRAY_QUOTES;
            let seen = if trusted { text } else { &text[..line_end(text, at)] };
            at = if rest.starts_with(';') { self.comment(seen, at) } else { self.statement(seen, at) };
        }
    }

    /// Takes the comment that begins at `at`; gives back its end, as all of these do.
    fn comment(&mut self, text: &str, at: usize) -> usize {
        let end = line_end(text, at);
        self.tree.comments.push(self.span(at, end));
        end
    }

    /// Takes one statement.
    fn statement(&mut self, text: &str, at: usize) -> usize {
        match lexer::statement(text, at) {
            Statement::Nothing => self.bad_line(text, at, at..at + first_char(text, at)),
            Statement::Section(name, close) => self.section(text, at, name, close),
            Statement::Key(key) | Statement::Entry(key, _) if is_reserved(text, &key) => {
                self.bad_line(text, at, key)
            }
            Statement::Entry(key, value) => self.entry(text, key, &value),
            Statement::Key(key) => self.key(text, key),
        }
    }

    /// Takes a section line; the keys behind it are its children.
    fn section(&mut self, text: &str, at: usize, name: Range<usize>, close: Option<Range<usize>>) -> usize {
        let (name, close) = match close {
            Some(close) => (name, close),
            None => self.unclosed_section(text, at),
        };
        if is_spaced(text, at) {
            // With only spaces before it PHP takes the `[` for the bracket of a key without a name.
            self.error(SyntaxKind::BadLine, at..at + 1);
        }
        self.close_section();
        let id = NodeId(self.tree.nodes.len() as u32);
        let word = Word { span: self.span(name.start, name.end), quote: whole_quote(&text[name]) };
        let head = self.span(at, close.end);
        let body = Body { open: self.span(close.start, close.end), close: None, raw: None };
        self.push(word, head, Some(body), None);
        self.section = Some(id);
        close.end
    }

    /// Reports a `[` without `]`; the rest of its line, up to a comment, is taken for the name.
    fn unclosed_section(&mut self, text: &str, at: usize) -> (Range<usize>, Range<usize>) {
        let end = at + 1 + statement_len(&text[at + 1..line_end(text, at)]);
        let plain =
            text[at + 1..end].bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        self.error(SyntaxKind::UnclosedSectionLine, at..at + 1);
        self.amend(text[at + 1..end].to_owned(), None, plain.then(|| (self.span(end, end).lo, "]")));
        (at + 1..end, end..end)
    }

    /// Takes a key alone. A tab ends it, and what is behind the tab is the next statement; behind `key[sub]` PHP
    /// wants `=` and nothing else.
    fn key(&mut self, text: &str, key: Range<usize>) -> usize {
        let rest = text[key.end..].trim_start_matches([' ', '\t']);
        let at = text.len() - rest.len();
        let ends = rest.is_empty() || rest.starts_with(['\n', '\r', ';']) || text[key.end..at].contains('\t');
        if !ends && rest.starts_with('[') {
            return self.bad_key(text, key, at, SyntaxKind::UnclosedSectionLine);
        }
        if !ends || text[key.clone()].contains('[') {
            return self.bad_key(text, key, at, SyntaxKind::BadLine);
        }
        let span = self.span(key.start, key.end);
        self.push(Word { span, quote: Quote::None }, span, None, self.section);
        key.end
    }

    /// Takes a key with `=` behind it.
    fn entry(&mut self, text: &str, key: Range<usize>, value: &Value) -> usize {
        let fault = value::fault(self.tree.dialect, text, value);
        let end = fault.as_ref().map_or(value.end(), |fault| faulty_end(text, value, fault));
        let quote = match (value.pieces.as_slice(), &fault) {
            ([Piece { kind: PieceKind::Double, .. }], None) => Quote::Double,
            ([Piece { kind: PieceKind::Single | PieceKind::Empty, .. }], None) => Quote::Single,
            _ => Quote::None,
        };
        if let Some(fault) = fault {
            self.bad_value(text, value.start..end, &fault);
        }
        let name = Word { span: self.span(key.start, key.end), quote: Quote::None };
        let head = self.span(key.start, end);
        self.push(name, head, None, self.section);
        self.tree.words.push(Word { span: self.span(value.start, end), quote });
        if let Some(node) = self.tree.nodes.last_mut() {
            node.args.1 += 1;
        }
        end
    }

    /// Reports a fault in the value that stands at `raw`.
    fn bad_value(&mut self, text: &str, raw: Range<usize>, fault: &Fault) {
        let end = raw.end;
        let quote = if text[fault.at..].starts_with('\'') { "'" } else { "\"" };
        let closes = fault.kind == SyntaxKind::UnclosedQuote && fault.at == raw.start;
        let insert = closes && !text[raw.clone()].contains(';');
        let insert = insert.then(|| (self.span(end, end).lo, quote));
        let related = self.span(raw.start, raw.end);
        self.stray_quotes += u32::from(fault.kind == SyntaxKind::UnclosedQuote);
        self.error(fault.kind, fault.at..fault.at + fault.len);
        self.amend(text[fault.at..fault.at + fault.len].to_owned(), Some(related), insert);
    }

    /// Reports what stands behind a key, or the key where its line ends there, and leaves the line.
    fn bad_key(&mut self, text: &str, key: Range<usize>, at: usize, kind: SyntaxKind) -> usize {
        let rest = &text[at..];
        let ends = rest.is_empty() || rest.starts_with(['\n', '\r', ';']);
        let end = self.bad_line(text, key.start, if ends { key } else { at..at + first_char(text, at) });
        if let Some(error) = self.tree.errors.last_mut() {
            error.kind = kind;
        }
        end
    }

    /// Reports `fault` in the line of `at` and leaves that line up to a comment.
    fn bad_line(&mut self, text: &str, at: usize, fault: Range<usize>) -> usize {
        self.error(SyntaxKind::BadLine, fault);
        // The first character is no comment: it is what is wrong.
        let end = at + statement_len(&text[at..line_end(text, at)]).max(first_char(text, at));
        self.skip(at, end);
        end
    }

    /// Adds a node behind all others.
    fn push(&mut self, name: Word, head: Span, body: Option<Body>, parent: Option<NodeId>) {
        let words = self.tree.words.len() as u32;
        let end = NodeId(self.tree.nodes.len() as u32 + 1);
        self.tree.nodes.push(Node { name, args: (words, words), span: head, head, body, parent, end });
    }

    /// Gives the open section, if there is one, its end.
    fn close_section(&mut self) {
        let Some(id) = self.section.take() else { return };
        let end = NodeId(self.tree.nodes.len() as u32);
        let last = self.tree.nodes.last().map(|node| node.span.hi);
        let section = &mut self.tree.nodes[id.0 as usize];
        section.end = end;
        section.span.hi = last.unwrap_or(section.span.hi);
    }

    /// Adds an error that says what stands there.
    fn error(&mut self, kind: SyntaxKind, at: Range<usize>) {
        let span = self.span(at.start, at.end);
        let what = self.text[at].to_owned();
        self.tree.errors.push(SyntaxError { kind, span, related: None, what, insert: None });
    }

    /// Says more about the last error.
    fn amend(&mut self, what: String, related: Option<Span>, insert: Option<(u32, &'static str)>) {
        if let Some(error) = self.tree.errors.last_mut() {
            (error.what, error.related) = (what, related);
            error.insert = insert.map(|(at, text)| (at, text.into()));
        }
    }

    /// Notes text that belongs to no node.
    fn skip(&mut self, lo: usize, hi: usize) {
        if lo < hi {
            self.tree.skipped.push(self.span(lo, hi));
        }
    }

    /// The span from one offset to another.
    fn span(&self, lo: usize, hi: usize) -> Span {
        Span::new(self.tree.base + lo as u32, self.tree.base + hi as u32)
    }
}

/// Where the line of `at` ends.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find(['\n', '\r']).map_or(text.len(), |found| at + found)
}

/// Length of the character at `at`; 0 at the end.
fn first_char(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}

/// Length of a faulty line up to a comment. A `;` with no blank before it more likely belongs to what was meant:
/// `(X11; Linux)`.
fn statement_len(line: &str) -> usize {
    let comment = [" ;", "\t;"].into_iter().filter_map(|mark| line.find(mark)).min();
    line[..comment.unwrap_or(line.len())].trim_end_matches([' ', '\t']).len()
}

/// Where a faulty value ends: on the line of its fault, before a comment; a quote without end takes the whole line.
fn faulty_end(text: &str, value: &Value, fault: &Fault) -> usize {
    let line = &text[fault.at..line_end(text, fault.at)];
    let len = match fault.kind {
        SyntaxKind::UnclosedQuote => line.trim_end_matches([' ', '\t']).len(),
        _ => statement_len(line),
    };
    (fault.at + len.max(fault.len)).max(value.start)
}

/// Whether `on` or its like stands where a key should. With spaces before it PHP takes it for one.
fn is_reserved(text: &str, key: &Range<usize>) -> bool {
    php_reserved(&text[key.clone()]).is_some() && !is_spaced(text, key.start)
}

/// Whether spaces, and no tab, are what its line has before `at`.
fn is_spaced(text: &str, at: usize) -> bool {
    let line = text[..at].rfind(['\n', '\r']).map_or(0, |found| found + 1);
    line < at && text[line..at].bytes().all(|byte| byte == b' ')
}

/// The quotes around the whole of a name.
fn whole_quote(name: &str) -> Quote {
    match lexer::value(name).as_slice() {
        [Piece { kind: PieceKind::Double, range }] if range.end == name.len() => Quote::Double,
        [Piece { kind: PieceKind::Single, range }] if range.end == name.len() => Quote::Single,
        _ => Quote::None,
    }
}
