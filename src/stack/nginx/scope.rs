//! The contexts of nginx, and what is noted of each.

use crate::tree::At;
use crate::vocabulary::Contexts;

/// Index of a context of one gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(pub u32);

/// Which kind of context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScopeKind {
    /// Outside of all blocks.
    Main,
    /// `http`.
    Http,
    /// `server` in `http`.
    Server,
    /// `location`.
    Location,
    /// `if`, in a server or location.
    If,
    /// `limit_except`.
    LimitExcept,
    /// `upstream` in `http`.
    Upstream,
    /// `stream`, `mail`, `events`, and all below them but for `http`.
    Other,
}

/// A context.
#[derive(Debug)]
pub struct Scope {
    /// Which kind.
    pub kind: ScopeKind,
    /// What the vocabulary calls it; several where a piece of a server can be for each of them.
    pub contexts: Contexts,
    /// The block; `None` for the main context.
    pub at: Option<At>,
    /// The context around it.
    pub parent: Option<ScopeId>,
    /// Whether it includes what is not in sight, so that more than is seen here may be set in it.
    pub open: bool,
    /// How many directives nginx reads before its block.
    pub(super) order: u32,
    /// What is set directly in it, in order.
    pub(super) entries: Vec<Entry>,
    /// The same, sorted by hash: an `http` context can hold thousands.
    pub(super) by_hash: Vec<Entry>,
    /// The first context behind all that lie in it.
    pub(super) end: ScopeId,
}

/// What is set in a context.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// A hash of the name.
    pub(super) hash: u64,
    pub(super) at: At,
    /// How many directives nginx reads before it.
    pub(super) order: u32,
}

/// How far includes are followed, and how far reading has come. The loader took out circles, but what includes twice what includes
/// twice, and so on, has no end, and a chain of files may be as long as there are files.
pub(super) struct Limits {
    /// How many more files are gone through.
    pub(super) files: usize,
    /// How many more bodies and files may be open, one in the other.
    pub(super) depth: usize,
    /// How many directives were read.
    pub(super) read: u32,
}

impl Limits {
    /// The number of the next directive.
    pub(super) fn next(&mut self) -> u32 {
        self.read += 1;
        self.read
    }
}
