//! Breaks a file in one way.

mod any;
mod apache;
mod ini;
mod nginx;

use std::path::Path;

use gwlint::source::{SourceMap, Span};
use gwlint::tree::{Dialect, NodeRef, Tree};

use crate::random::Random;

/// A changed file.
pub(crate) struct Mutant {
    /// The kind of change.
    pub(crate) kind: &'static str,
    pub(crate) text: String,
    /// The lines, counted from 1 in the changed text, at which it was changed.
    pub(crate) lines: Vec<usize>,
}

/// A kind of change: its name, and what makes the edits. `None` where there is nothing to change in this way.
type Kind = (&'static str, fn(&Text, &mut Random) -> Option<Vec<Edit>>);

/// `lo..hi` becomes `text`.
struct Edit {
    lo: usize,
    hi: usize,
    text: String,
}

impl Edit {
    fn new(lo: usize, hi: usize, text: impl Into<String>) -> Self {
        Self { lo, hi, text: text.into() }
    }
}

/// A file and what is in it.
struct Text {
    tree: Tree,
}

impl Text {
    fn new(text: &str, dialect: Dialect) -> Option<Self> {
        let mut map = SourceMap::default();
        let id = map.add(Path::new("/base"), text.as_bytes().to_vec()).ok()?;
        Some(Self { tree: Tree::parse(id, dialect, map.file(id)) })
    }

    fn text(&self) -> &str {
        &self.tree.text
    }

    /// Where a span lies in the text.
    fn range(&self, span: Span) -> (usize, usize) {
        ((span.lo - self.tree.base) as usize, (span.hi - self.tree.base) as usize)
    }

    /// Any node.
    fn node(&self, random: &mut Random) -> Option<NodeRef<'_>> {
        self.node_that(random, |_| true)
    }

    fn node_that(&self, random: &mut Random, fits: impl Fn(NodeRef<'_>) -> bool) -> Option<NodeRef<'_>> {
        let nodes: Vec<NodeRef<'_>> = self.tree.all().filter(|&node| fits(node)).collect();
        random.choose(&nodes).copied()
    }

    /// Takes the span out.
    fn without(&self, span: Span) -> Edit {
        let (lo, hi) = self.range(span);
        Edit::new(lo, hi, "")
    }
}

/// Change number `number` of the file called `name`.
pub(crate) fn mutate(name: &str, number: usize, text: &str, dialect: Dialect) -> Option<Mutant> {
    let source = Text::new(text, dialect)?;
    let mut random = Random::new(name, number);
    let kinds: Vec<Kind> = match dialect {
        Dialect::Nginx => [&any::KINDS[..], &nginx::KINDS].concat(),
        Dialect::Apache => [&any::KINDS[..], &apache::KINDS].concat(),
        Dialect::Php | Dialect::Fpm => [&any::KINDS[..], &ini::KINDS].concat(),
        Dialect::Service => any::KINDS.to_vec(),
    };
    // Not every file has a quote to drop: then something else is done.
    for _ in 0..10 {
        let &(kind, make) = random.choose(&kinds)?;
        let Some(mut edits) = make(&source, &mut random) else { continue };
        edits.sort_by_key(|edit| edit.lo);
        let (changed, lines) = apply(source.text(), &edits);
        if changed != source.text() {
            return Some(Mutant { kind, text: changed, lines });
        }
    }
    None
}

/// The changed text, and which of its lines are others than before.
fn apply(text: &str, edits: &[Edit]) -> (String, Vec<usize>) {
    let (mut out, mut lines, mut behind) = (String::new(), Vec::new(), 0);
    for edit in edits.iter().filter(|edit| edit.lo <= edit.hi) {
        if edit.lo < behind {
            continue;
        }
        out.push_str(&text[behind..edit.lo]);
        let first = line(&out);
        out.push_str(&edit.text);
        lines.extend(first..=line(&out));
        behind = edit.hi;
    }
    out.push_str(&text[behind..]);
    (out, lines)
}

/// The line a text ends in.
fn line(text: &str) -> usize {
    text.bytes().filter(|&byte| byte == b'\n').count() + 1
}
