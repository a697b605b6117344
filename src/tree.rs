//! The one tree all four languages share: names, arguments, optional bodies.
//!
//! nginx directives and blocks, Apache directives and sections, ini keys and sections are all
//! [`Node`]s in one arena in source order, so that one set of queries serves every rule. Parsing
//! never fails: it returns a tree and the [`SyntaxError`]s it met on the way.

pub mod apache;
mod error;
pub mod ini;
pub mod nginx;
mod node_ref;
mod text;

use std::sync::{Arc, OnceLock};

use crate::source::{FileId, SourceFile, Span};

pub use error::{SyntaxError, SyntaxKind};
pub use node_ref::{NodeRef, Siblings};
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
        Siblings::between(self, 0, self.nodes.len() as u32)
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
