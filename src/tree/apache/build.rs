//! From lines to nodes: tags are paired on an explicit stack, and every fault costs one error.

use std::collections::HashMap;
use std::sync::Arc;

use super::lex::{self, Rule, Token};
use super::tag::{Ending, Tag, error};
use super::unquote;
use crate::source::Span;
use crate::tree::{Body, Node, NodeId, Quote, SyntaxError, SyntaxKind, Tree, Word};

/// Fills a tree.
pub(super) struct Builder<'t> {
    tree: &'t mut Tree,
    /// The sections open here, the outermost first.
    open: Vec<Open>,
    /// How many sections of each name are open, so that a stray tag costs no search.
    names: HashMap<String, u32>,
    /// Sections that end at a tag of another name, and the first node that is to move out of them.
    cut: HashMap<NodeId, NodeId>,
    /// Where the last node or tag ended.
    end: u32,
}

/// A section not closed yet.
struct Open {
    node: NodeId,
    /// Its name in lower case.
    name: String,
    /// The first tag in it that closes nothing: stray, or meant to close it. What comes later tells.
    suspect: Option<Suspect>,
}

/// A closing tag that fits no open section.
struct Suspect {
    tag: Span,
    name: String,
    /// The first node behind it.
    next: NodeId,
}

impl<'t> Builder<'t> {
    /// A builder for the text of `tree`.
    pub(super) fn new(tree: &'t mut Tree) -> Self {
        let end = tree.base;
        Self { tree, open: Vec::new(), names: HashMap::new(), cut: HashMap::new(), end }
    }

    /// Reads the whole text.
    pub(super) fn run(mut self) {
        let text = Arc::clone(&self.tree.text);
        let mut at = self.byte_order_mark(&text);
        while let Some(line) = text.get(at..).filter(|rest| !rest.is_empty()).and_then(lex::line) {
            at = self.line(line, at, &text);
        }
        while let Some(section) = self.open.pop() {
            self.never_closed(&section, None);
        }
        self.move_out_of_cut_sections();
        self.tree.errors.sort_by_key(|error| error.span);
        self.tree.skipped.sort_unstable();
    }

    /// Skips a byte order mark, which httpd takes for the beginning of a name; read as Latin-1 it is three
    /// characters.
    fn byte_order_mark(&mut self, text: &str) -> usize {
        let marks = ["\u{FEFF}", "\u{EF}\u{BB}\u{BF}"];
        let Some(mark) = marks.into_iter().find(|mark| text.starts_with(mark)) else { return 0 };
        let span = Span::new(self.tree.base, self.tree.base + mark.len() as u32);
        self.tree.errors.push(error(SyntaxKind::ByteOrderMark, span, ""));
        self.tree.skipped.push(span);
        mark.len()
    }

    /// Takes in the line at `at`; returns where the next one begins.
    fn line(&mut self, line: Token<'_>, at: usize, text: &str) -> usize {
        let base = self.tree.base + at as u32;
        let end = at + line.as_span().end();
        for token in line.into_inner() {
            let resume = match token.as_rule() {
                Rule::open => self.open_tag(&Tag::read(token, base), text, end),
                Rule::close => self.close_tag(&Tag::read(token, base)),
                _ => self.plain(token, base),
            };
            if let Some(resume) = resume {
                return (resume - self.tree.base) as usize;
            }
        }
        end
    }

    /// A part of a line that is no tag.
    fn plain(&mut self, token: Token<'_>, base: u32) -> Option<u32> {
        match token.as_rule() {
            Rule::comment => self.tree.comments.push(lex::comment(&token, base)),
            Rule::dropped => {
                let span = lex::span(&token, base);
                self.tree.errors.push(error(SyntaxKind::NulByte, Span::new(span.lo, span.lo + 1), ""));
                self.tree.skipped.push(span);
            }
            _ => self.directive(token, base),
        }
        None
    }

    /// A name and its arguments.
    fn directive(&mut self, token: Token<'_>, base: u32) {
        let mut words = token.into_inner().map(|token| lex::word(&token, base));
        let Some(name) = words.next() else { return };
        let from = self.tree.words.len();
        self.tree.words.extend(words);
        let last = self.tree.words[from..].last().unwrap_or(&name).span;
        self.push(name, from, name.span.to(last), None);
    }

    /// A node whose arguments are the words from `from` on.
    fn push(&mut self, name: Word, from: usize, head: Span, body: Option<Body>) -> NodeId {
        let id = self.next();
        let args = (from as u32, self.tree.words.len() as u32);
        let span = body.map_or(head, |body| head.to(body.open));
        let parent = self.open.last().map(|section| section.node);
        self.tree.nodes.push(Node { name, args, span, head, body, parent, end: NodeId(id.0 + 1) });
        self.end = span.hi;
        id
    }

    /// The id of the next node.
    fn next(&self) -> NodeId {
        NodeId(self.tree.nodes.len() as u32)
    }

    /// `<Name …>` on a line that ends at `end`.
    fn open_tag(&mut self, tag: &Tag<'_>, text: &str, end: usize) -> Option<u32> {
        let (name, key) = self.name(tag)?;
        let ending = tag.opening(self.tree.slice(name.span));
        let from = self.tree.words.len();
        self.tree.words.extend_from_slice(&ending.args);
        let last = ending.args.last().map_or(name.span, |word| word.span);
        let raw = raw_body(&key, text, end).filter(|_| ending.resume.is_none());
        let raw = raw.map(|end_of_raw| Span::new(self.tree.base + end as u32, self.tree.base + end_of_raw));
        let head = Span::new(tag.span.lo, last.hi);
        let node = self.push(name, from, head, Some(Body { open: ending.gt, close: None, raw }));
        *self.names.entry(key.clone()).or_default() += 1;
        self.open.push(Open { node, name: key, suspect: None });
        self.end = raw.map_or(self.end, |raw| raw.hi);
        self.take(ending).or(raw.map(|raw| raw.hi))
    }

    /// `</Name>`.
    fn close_tag(&mut self, tag: &Tag<'_>) -> Option<u32> {
        let (name, key) = self.name(tag)?;
        let name = self.tree.slice(name.span).to_owned();
        let resume = self.take(tag.closing(&name));
        if self.names.get(&key).is_some_and(|&open| open > 0) {
            self.close(&key, tag.span);
        } else {
            self.suspect(Suspect { tag: tag.span, name, next: self.next() });
        }
        self.end = tag.span.hi;
        resume
    }

    /// The name of a tag, and how it is compared; without one there is no tag.
    fn name(&mut self, tag: &Tag<'_>) -> Option<(Word, String)> {
        let Some(name) = tag.name else {
            self.tree.errors.push(error(SyntaxKind::BadLine, tag.line(), "<"));
            self.tree.skipped.push(tag.line());
            return None;
        };
        let before = self.tree.slice(Span::new(tag.span.lo, name.span.lo));
        if before.contains([' ', '\t']) {
            let span = Span::new(tag.span.lo, name.span.hi);
            self.tree.errors.push(error(SyntaxKind::BadLine, span, "<"));
        }
        Some((name, unquote(self.tree.slice(name.span), Quote::None).to_ascii_lowercase()))
    }

    /// Keeps what a tag's end had to say; returns where to go on.
    fn take(&mut self, ending: Ending) -> Option<u32> {
        self.tree.skipped.extend(ending.skipped);
        self.tree.errors.extend(ending.error);
        ending.resume
    }

    /// Closes the innermost section of this name, and with it those inside that are still open.
    fn close(&mut self, name: &str, tag: Span) {
        while let Some(section) = self.open.pop() {
            if section.name != name {
                self.never_closed(&section, Some(tag));
                continue;
            }
            self.finish(&section, tag.hi, self.next(), Some(tag));
            if let Some(suspect) = section.suspect {
                self.stray(&suspect);
            }
            return;
        }
    }

    /// A tag that closes nothing open.
    fn suspect(&mut self, suspect: Suspect) {
        match self.open.last_mut() {
            Some(section) if section.suspect.is_none() => section.suspect = Some(suspect),
            _ => self.stray(&suspect),
        }
    }

    /// A tag that belongs to no section.
    fn stray(&mut self, suspect: &Suspect) {
        self.tree.errors.push(error(SyntaxKind::StrayClose, suspect.tag, &suspect.name));
        self.tree.skipped.push(suspect.tag);
    }

    /// A section that ends without its tag: at one of another name if it has met one, or where `by`, which
    /// closes a section around it, or the end of the file shows that it was never closed.
    fn never_closed(&mut self, section: &Open, by: Option<Span>) {
        let node = &self.tree.nodes[section.node.0 as usize];
        let opening = node.body.map_or(node.head, |body| node.head.to(body.open));
        let what = self.tree.slice(node.name.span);
        if let Some(suspect) = &section.suspect {
            let mismatch = error(SyntaxKind::MismatchedClose, suspect.tag, &suspect.name);
            self.tree.errors.push(SyntaxError { related: Some(opening), ..mismatch });
            self.cut.insert(section.node, suspect.next);
            self.finish(section, suspect.tag.hi, suspect.next, Some(suspect.tag));
        } else {
            let unclosed = error(SyntaxKind::UnclosedBlock, opening, what);
            self.tree.errors.push(SyntaxError { related: by, ..unclosed });
            self.finish(section, self.end, self.next(), None);
        }
    }

    /// Writes into a section's node where it ends.
    fn finish(&mut self, section: &Open, hi: u32, end: NodeId, close: Option<Span>) {
        if let Some(open) = self.names.get_mut(&section.name) {
            *open -= 1;
        }
        let node = &mut self.tree.nodes[section.node.0 as usize];
        node.span.hi = hi;
        node.end = end;
        if let Some(body) = &mut node.body {
            body.close = close;
        }
    }

    /// What stands behind the tag a section turned out to end at belongs to the section around it.
    ///
    /// One step is enough: while such a section was open nothing around it could meet a tag of its own.
    fn move_out_of_cut_sections(&mut self) {
        if self.cut.is_empty() {
            return;
        }
        for id in 0..self.tree.nodes.len() {
            let Some(parent) = self.tree.nodes[id].parent else { continue };
            if self.cut.get(&parent).is_some_and(|next| next.0 as usize <= id) {
                self.tree.nodes[id].parent = self.tree.nodes[parent.0 as usize].parent;
            }
        }
    }
}

/// Where the code in a section of another language ends, if `name` is one: `mod_perl` and `mod_lua` read
/// lines up to one that begins with their closing tag.
fn raw_body(name: &str, text: &str, from: usize) -> Option<u32> {
    if name != "perl" && name != "luaquickhandler" && !name.starts_with("luahook") {
        return None;
    }
    let mut at = from;
    for line in text[from..].split_inclusive('\n') {
        let tag = line.trim_ascii_start().strip_prefix("</");
        if tag.and_then(|tag| tag.get(..name.len())).is_some_and(|tag| tag.eq_ignore_ascii_case(name)) {
            break;
        }
        at += line.len();
    }
    Some(at as u32)
}
