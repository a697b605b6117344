//! The one tree all four languages share: names, arguments, optional bodies.
//!
//! nginx directives and blocks, Apache directives and sections, ini keys and sections are all
//! [`Node`]s in one arena in source order, so that one set of queries serves every rule. Parsing
//! never fails: it returns a tree and the [`SyntaxError`]s it met on the way.

pub mod apache;
pub mod ini;
pub mod nginx;
mod text;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use crate::source::{FileId, SourceFile, Span};

pub use text::Text;

/// A configuration language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// nginx.conf and what it includes.
    Nginx,
    /// httpd.conf, apache2.conf, vhosts and .htaccess.
    Apache,
    /// php.ini, conf.d and .user.ini.
    Php,
    /// php-fpm.conf and pool files.
    Fpm,
    /// What starts other programs, and tells them where to listen: units, compose files, configurations of
    /// application servers. Their trees hold nothing but comments; the model reads the text.
    Service,
}

impl Dialect {
    /// The word for it on the command line and in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache",
            Self::Php => "php",
            Self::Fpm => "fpm",
            Self::Service => "service",
        }
    }

    /// Whether `#` begins a comment (nginx, Apache) or `;` does (php.ini, FPM).
    pub const fn comment_mark(self) -> char {
        match self {
            Self::Nginx | Self::Apache | Self::Service => '#',
            Self::Php | Self::Fpm => ';',
        }
    }
}

/// Index of a node in the arena of its tree. Children follow their parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// A node of some file: what outlives the borrow of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The file.
    pub file: FileId,
    /// The node in its tree.
    pub node: NodeId,
}

/// How a word was quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quote {
    /// Not at all.
    None,
    /// `'…'`.
    Single,
    /// `"…"`.
    Double,
}

/// A name or an argument as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// The whole word, quotes included.
    pub span: Span,
    /// Its quotes.
    pub quote: Quote,
}

/// What holds the children of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Body {
    /// What opens it: `{`, the `>` of a section's first line, the `]` of an ini section.
    pub open: Span,
    /// What closes it: `}` or `</Section>`; `None` for ini sections and for blocks never closed.
    pub close: Option<Span>,
    /// Raw text instead of children: the code of a `*_by_lua_block`.
    pub raw: Option<Span>,
}

/// A directive, block, section, or key.
#[derive(Debug, Clone)]
pub struct Node {
    /// Its name: `listen`, `VirtualHost`, `pm.max_children`, the name of an ini section.
    pub name: Word,
    /// Its arguments, as a range of [`Tree::words`].
    pub args: (u32, u32),
    /// From its first byte (the `<` of a section, the `[` of an ini section) to its last,
    /// terminator or closing included.
    pub span: Span,
    /// From its first byte to the end of its last argument.
    pub head: Span,
    /// Its body, for blocks and sections.
    pub body: Option<Body>,
    /// The block it stands in.
    pub parent: Option<NodeId>,
    /// The first node behind all its descendants.
    pub end: NodeId,
}

/// What is wrong with the text, as the parsers see it. The `syntax` rules say it in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SyntaxKind {
    /// A directive runs on into the next one or into a `}`.
    MissingSemicolon,
    /// The same, where the server takes the next line for values and starts.
    RunOn,
    /// The head of a block with no `{` behind it.
    MissingBrace,
    /// The text is UTF-16, which the server reads byte by byte.
    Utf16,
    /// A block or section is not closed before the file ends.
    UnclosedBlock,
    /// A `}` or `</Section>` that closes nothing.
    StrayClose,
    /// `</B>` where `</A>` is open.
    MismatchedClose,
    /// A quote with no end.
    UnclosedQuote,
    /// Text right behind a closing quote (nginx).
    TextAfterQuote,
    /// The `{4}` of a regular expression without quotes (nginx).
    BraceInWord,
    /// A terminator or `{` with nothing before it.
    EmptyStatement,
    /// A section line that does not end in `>` (Apache), or a `[` without `]` (ini).
    UnclosedSectionLine,
    /// A line that is no key, section or comment (ini, FPM), or a `<` with no name right behind it (Apache).
    BadLine,
    /// A character that is an operator or ends the value where a value stands (ini): `(`, `!`, …
    BadValue,
    /// The file begins with a byte order mark the server does not take.
    ByteOrderMark,
    /// A NUL byte where the server stops reading or refuses.
    NulByte,
    /// Blocks nested deeper than gwlint follows.
    TooDeep,
    /// A `${` variable with no `}`.
    UnclosedVariable,
}

/// An error of syntax; the parser goes on after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Which.
    pub kind: SyntaxKind,
    /// Where it is reported.
    pub span: Span,
    /// The other place it has to do with: the `{`, the opening section, the opening quote.
    pub related: Option<Span>,
    /// What stands there, for the message: a directive's or section's name, a character.
    pub what: String,
    /// The one insertion that mends it, if there is just one: offset and text.
    pub insert: Option<(u32, &'static str)>,
}

/// One parsed file.
#[derive(Debug)]
pub struct Tree {
    /// Which file.
    pub file: FileId,
    /// Its language.
    pub dialect: Dialect,
    /// Its text.
    pub text: Arc<str>,
    /// Where the text begins in the address space.
    pub base: u32,
    /// All nodes in source order.
    pub nodes: Vec<Node>,
    /// The arguments of all nodes.
    pub words: Vec<Word>,
    /// Comments from their mark to the end of the line, the line end not included.
    pub comments: Vec<Span>,
    /// Text that belongs to no node, between errors and the place the parser went on.
    pub skipped: Vec<Span>,
    /// What is wrong with the text.
    pub errors: Vec<SyntaxError>,
    /// What [`Self::is_uneven`] found out.
    uneven: OnceLock<bool>,
}

impl Tree {
    /// An empty tree for `source`, for a parser to fill.
    pub fn new(file: FileId, dialect: Dialect, source: &SourceFile) -> Self {
        Self {
            file,
            dialect,
            text: Arc::clone(&source.text),
            base: source.base,
            nodes: Vec::new(),
            words: Vec::new(),
            comments: Vec::new(),
            skipped: Vec::new(),
            errors: Vec::new(),
            uneven: OnceLock::new(),
        }
    }

    /// Parses `source` as `dialect`.
    pub fn parse(file: FileId, dialect: Dialect, source: &SourceFile) -> Self {
        let mut tree = Self::new(file, dialect, source);
        match dialect {
            Dialect::Nginx => nginx::parse(&mut tree),
            Dialect::Apache => apache::parse(&mut tree),
            Dialect::Php | Dialect::Fpm => ini::parse(&mut tree),
            Dialect::Service => tree.comments = comment_lines(&tree),
        }
        tree.errors.sort_by_key(|error| error.span);
        tree
    }

    /// The errors that touch a span: those that begin in it or at its ends, and one before that reaches it.
    pub fn errors_at(&self, span: Span) -> impl Iterator<Item = &SyntaxError> {
        let inside = self.errors.partition_point(|error| error.span.lo < span.lo);
        let near = self.errors[inside.saturating_sub(1)..].iter();
        near.take_while(move |error| error.span.lo <= span.hi).filter(move |error| span.lo <= error.span.hi)
    }

    /// Whether it is not certain what stands in what: the blocks do not pair up, or a template decides.
    pub fn is_uneven(&self) -> bool {
        use SyntaxKind as K;
        let uneven = [K::UnclosedBlock, K::StrayClose, K::EmptyStatement, K::UnclosedQuote, K::TooDeep];
        *self.uneven.get_or_init(|| {
            self.errors.iter().any(|error| uneven.contains(&error.kind))
                || ["<%", "{%", "{{"].iter().any(|mark| self.text.contains(mark))
        })
    }

    /// The text of a span of this file.
    pub fn slice(&self, span: Span) -> &str {
        let lo = span.lo.wrapping_sub(self.base) as usize;
        let hi = span.hi.wrapping_sub(self.base) as usize;
        self.text.get(lo..hi).unwrap_or_default()
    }

    /// The node of an id of this tree.
    pub fn node(&self, id: NodeId) -> NodeRef<'_> {
        NodeRef { tree: self, id }
    }

    /// All nodes, in source order.
    pub fn all(&self) -> impl Iterator<Item = NodeRef<'_>> {
        (0..self.nodes.len() as u32).map(|id| self.node(NodeId(id)))
    }

    /// The nodes that stand in no block.
    pub fn top(&self) -> Siblings<'_> {
        Siblings { tree: self, next: 0, end: self.nodes.len() as u32 }
    }
}

/// Iterates over nodes that stand side by side.
#[derive(Debug, Clone)]
pub struct Siblings<'a> {
    tree: &'a Tree,
    next: u32,
    end: u32,
}

impl<'a> Iterator for Siblings<'a> {
    type Item = NodeRef<'a>;

    fn next(&mut self) -> Option<NodeRef<'a>> {
        if self.next >= self.end {
            return None;
        }
        let node = self.tree.node(NodeId(self.next));
        self.next = node.raw().end.0;
        Some(node)
    }
}

/// A node together with its tree: what rules hold.
#[derive(Clone, Copy)]
pub struct NodeRef<'a> {
    /// The tree it stands in.
    pub tree: &'a Tree,
    /// Its index there.
    pub id: NodeId,
}

impl std::fmt::Debug for NodeRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.tree.slice(self.head()))
    }
}

impl PartialEq for NodeRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.tree.file == other.tree.file && self.id == other.id
    }
}

impl<'a> NodeRef<'a> {
    /// The node itself.
    pub fn raw(self) -> &'a Node {
        &self.tree.nodes[self.id.0 as usize]
    }

    /// Its name as written, quotes taken off.
    pub fn name(self) -> &'a str {
        let name = self.raw().name;
        let text = self.tree.slice(name.span);
        if name.quote == Quote::None { text } else { text.get(1..text.len() - 1).unwrap_or(text) }
    }

    /// Whether it has this name, in the way of its language (Apache ignores case).
    pub fn is(self, name: &str) -> bool {
        match self.tree.dialect {
            Dialect::Apache => self.name().eq_ignore_ascii_case(name),
            _ => self.name() == name,
        }
    }

    /// The span of its name.
    pub fn name_span(self) -> Span {
        self.raw().name.span
    }

    /// From its first byte to its last.
    pub fn span(self) -> Span {
        self.raw().span
    }

    /// From its first byte to the end of its last argument.
    pub fn head(self) -> Span {
        self.raw().head
    }

    /// Its body, for blocks and sections.
    pub fn body(self) -> Option<Body> {
        self.raw().body
    }

    /// Its arguments.
    pub fn words(self) -> &'a [Word] {
        let (lo, hi) = self.raw().args;
        &self.tree.words[lo as usize..hi as usize]
    }

    /// The span of argument `index`.
    pub fn arg_span(self, index: usize) -> Option<Span> {
        self.words().get(index).map(|word| word.span)
    }

    /// Argument `index` as the server reads it: quotes and escapes resolved, variables not.
    pub fn arg(self, index: usize) -> Option<Cow<'a, str>> {
        self.words().get(index).map(|&word| self.value(word))
    }

    /// All arguments as the server reads them.
    pub fn args(self) -> impl ExactSizeIterator<Item = Cow<'a, str>> {
        self.words().iter().map(move |&word| self.value(word))
    }

    /// A word of this node as the server reads it.
    pub fn value(self, word: Word) -> Cow<'a, str> {
        let text = self.tree.slice(word.span);
        match self.tree.dialect {
            Dialect::Nginx => nginx::unquote(text, word.quote),
            Dialect::Apache => apache::unquote(text, word.quote),
            Dialect::Php | Dialect::Fpm => ini::unquote(text, word.quote),
            Dialect::Service => Cow::Borrowed(text),
        }
    }

    /// The span of argument `index` without its quotes, where the text there is the value itself:
    /// what an edit of a part of the argument can count in. `None` when escapes stand between.
    pub fn plain_span(self, index: usize) -> Option<Span> {
        let word = self.words().get(index)?;
        let inner = match word.quote {
            Quote::None => word.span,
            _ => Span::new(word.span.lo + 1, word.span.hi.checked_sub(1)?),
        };
        (self.tree.slice(inner) == self.value(*word)).then_some(inner)
    }

    /// This node, for keeping.
    pub fn at(self) -> At {
        At { file: self.tree.file, node: self.id }
    }

    /// The nodes directly inside its body.
    pub fn children(self) -> Siblings<'a> {
        Siblings { tree: self.tree, next: self.id.0 + 1, end: self.raw().end.0 }
    }

    /// The block it stands in.
    pub fn parent(self) -> Option<NodeRef<'a>> {
        self.raw().parent.map(|id| self.tree.node(id))
    }

    /// The white space its line begins with, for edits that add a line beside it.
    pub fn indent(self) -> &'a str {
        let at = (self.span().lo - self.tree.base) as usize;
        let start = self.tree.text[..at].rfind('\n').map_or(0, |found| found + 1);
        let line = &self.tree.text[start..at];
        if line.trim().is_empty() { line } else { &line[..line.len() - line.trim_start().len()] }
    }
}

/// The lines that begin with `#` or `;`, from their mark on.
fn comment_lines(tree: &Tree) -> Vec<Span> {
    let mut lo = tree.base;
    let mut comments = Vec::new();
    for line in tree.text.split_inclusive('\n') {
        let text = line.trim();
        if text.starts_with(['#', ';']) {
            let begin = lo + (line.len() - line.trim_start().len()) as u32;
            comments.push(Span::new(begin, begin + text.len() as u32));
        }
        lo += line.len() as u32;
    }
    comments
}
