//! From lines to nodes: tags are paired on an explicit stack, and every fault costs one error.

use std::collections::HashMap;
use std::sync::Arc;

use super::closing;
use super::lex::{self, Rule, Token};
use super::tag::{Ending, Tag, error};
use super::unquote;
use crate::source::Span;
use crate::tree::{Body, Node, NodeId, Quote, SyntaxError, SyntaxKind, Tree, Word};

/// How much text is lexed at once, at first and at most. It begins small again behind code of another
/// language, where what was lexed in vain is thrown away: so that takes no more than twice the time.
const FIRST_PIECE: usize = 256;
const LARGEST_PIECE: usize = 1 << 15;

/// Sections nested deeper than this are paired, but what stands in them counts as their neighbour.
const MAX_DEPTH: usize = 256;

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
    /// Where the tag begins that ends what is open.
    until: Option<u32>,
}

/// A section not closed yet.
struct Open {
    node: NodeId,
    /// Its name in lower case.
    name: String,
    /// Whether it is nested too deep to hold anything.
    deep: bool,
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
        Self { tree, open: Vec::new(), names: HashMap::new(), cut: HashMap::new(), end, until: None }
    }

    /// Reads the whole text, a piece at a time.
    pub(super) fn run(mut self) {
        let text = Arc::clone(&self.tree.text);
        let mut at = self.byte_order_mark(&text);
        let mut size = FIRST_PIECE;
        while at < text.len() {
            let end = lex::line_end(&text, at + size);
            if let Some(resume) = self.piece(&text, at, end) {
                (at, size) = (resume, FIRST_PIECE);
            } else {
                (at, size) = (end, (size * 2).min(LARGEST_PIECE));
            }
        }
        self.until = None;
        while let Some(section) = self.open.pop() {
            self.never_closed(&section);
        }
        self.move_out_of_cut_sections();
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

    /// Takes in the lines from `at` to `end`, or up to code of another language; then it returns where that
    /// ends.
    fn piece(&mut self, text: &str, at: usize, end: usize) -> Option<usize> {
        let base = self.tree.base + at as u32;
        for token in lex::lines(&text[at..end]) {
            match token.as_rule() {
                Rule::open => {
                    let behind = at + token.as_span().end();
                    self.open_tag(Tag::read(token, base));
                    if let Some(resume) = self.raw_body(text, behind) {
                        return Some(resume);
                    }
                }
                Rule::close => self.close_tag(&Tag::read(token, base)),
                _ => self.plain(token, base),
            }
        }
        None
    }

    /// A part of a line that is no tag.
    fn plain(&mut self, token: Token<'_>, base: u32) {
        match token.as_rule() {
            Rule::comment => self.tree.comments.push(lex::comment(&token, base)),
            Rule::dropped => {
                let span = lex::span(&token, base);
                self.tree.errors.push(error(SyntaxKind::NulByte, Span::new(span.lo, span.lo + 1), ""));
                self.tree.skipped.push(span);
            }
            _ => self.directive(token, base),
        }
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
        let parent = self.open[..self.open.len().min(MAX_DEPTH)].last().map(|section| section.node);
        self.tree.nodes.push(Node { name, args, span, head, body, parent, end: NodeId(id.0 + 1) });
        self.end = span.hi;
        id
    }

    /// The id of the next node.
    fn next(&self) -> NodeId {
        NodeId(self.tree.nodes.len() as u32)
    }

    /// `<Name …>`.
    fn open_tag(&mut self, tag: Tag<'_>) {
        let Some((name, key)) = self.name(&tag) else { return };
        let lo = tag.span.lo;
        let ending = tag.opening(self.tree.slice(name.span));
        let from = self.tree.words.len();
        self.tree.words.extend_from_slice(&ending.args);
        let last = ending.args.last().map_or(name.span, |word| word.span);
        let body = Body { open: ending.gt, close: None, raw: None };
        let node = self.push(name, from, Span::new(lo, last.hi), Some(body));
        self.take(ending);
        *self.names.entry(key.clone()).or_default() += 1;
        if self.open.len() == MAX_DEPTH {
            let what = self.tree.slice(name.span).to_owned();
            self.tree.errors.push(error(SyntaxKind::TooDeep, name.span, &what));
        }
        self.open.push(Open { node, name: key, deep: self.open.len() >= MAX_DEPTH, suspect: None });
    }

    /// Skips the code in the section just opened, if it holds code, from the next line on.
    fn raw_body(&mut self, text: &str, behind: usize) -> Option<usize> {
        let section = self.open.last().filter(|section| !section.deep && holds_code(&section.name))?;
        let start = text.get(behind..)?.starts_with('\n').then_some(behind + 1)?;
        let end = end_of_code(&section.name, text, start);
        let raw = Span::new(self.tree.base + start as u32, self.tree.base + end as u32);
        self.tree.nodes[section.node.0 as usize].body.as_mut()?.raw = Some(raw);
        self.end = raw.hi;
        Some(end)
    }

    /// `</Name>`.
    fn close_tag(&mut self, tag: &Tag<'_>) {
        let Some((name, key)) = self.name(tag) else { return };
        let name = self.tree.slice(name.span).to_owned();
        self.take(tag.closing(&name));
        if self.names.get(&key).is_some_and(|&open| open > 0) {
            self.close(&key, tag.span);
        } else {
            self.suspect(Suspect { tag: tag.span, name, next: self.next() });
        }
        self.end = tag.span.hi;
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

    /// Keeps what a tag's end had to say.
    fn take(&mut self, ending: Ending) {
        self.tree.skipped.extend(ending.skipped);
        self.tree.errors.extend(ending.error);
    }

    /// Closes the innermost section of this name, and with it those inside that are still open.
    fn close(&mut self, name: &str, tag: Span) {
        self.until = Some(tag.lo);
        while let Some(section) = self.open.pop() {
            if section.name != name {
                self.never_closed(&section);
                continue;
            }
            if section.deep {
                self.tree.skipped.push(tag);
                self.forget(&section);
                return;
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
            Some(section) if !section.deep && section.suspect.is_none() => section.suspect = Some(suspect),
            _ => self.stray(&suspect),
        }
    }

    /// A tag that belongs to no section.
    fn stray(&mut self, suspect: &Suspect) {
        self.tree.errors.push(error(SyntaxKind::StrayClose, suspect.tag, &suspect.name));
        self.tree.skipped.push(suspect.tag);
    }

    /// A section that ends without its tag: at one of another name if it has met one, or else where the
    /// section around it or the file ends.
    fn never_closed(&mut self, section: &Open) {
        if section.deep {
            return self.forget(section);
        }
        let node = &self.tree.nodes[section.node.0 as usize];
        let opening = node.body.map_or(node.head, |body| node.head.to(body.open));
        if let Some(suspect) = &section.suspect {
            let mismatch = error(SyntaxKind::MismatchedClose, suspect.tag, &suspect.name);
            self.tree.errors.push(SyntaxError { related: Some(opening), ..mismatch });
            self.cut.insert(section.node, suspect.next);
            self.finish(section, suspect.tag.hi, suspect.next, Some(suspect.tag));
        } else {
            let unclosed = error(SyntaxKind::UnclosedBlock, opening, self.tree.slice(node.name.span));
            let closing = self.closing(section);
            let insert = closing.as_ref().map(|(at, line, _)| (*at, line.clone().into()));
            self.tree.errors.push(SyntaxError { related: Some(opening), insert, ..unclosed });
            if let Some((at, _, next)) = closing {
                self.cut.insert(section.node, next);
                self.finish(section, at.min(self.end), next, None);
            } else {
                self.finish(section, self.end, self.next(), None);
            }
        }
    }

    /// Where the tag is to be written that a section lacks, what is to be written, and the first node behind that.
    fn closing(&self, section: &Open) -> Option<(u32, String, NodeId)> {
        let (base, text) = (self.tree.base, Arc::clone(&self.tree.text));
        let node = &self.tree.nodes[section.node.0 as usize];
        if node.body.is_some_and(|body| body.raw.is_some()) {
            return None;
        }
        let until = self.until.map_or(text.len(), |at| (at - base) as usize);
        let closing = closing::of_section(&text, (node.head.lo - base) as usize, until)?;
        let at = base + closing.at as u32;
        let first = section.node.0 as usize + 1;
        let inside = self.tree.nodes[first..].partition_point(|node| node.head.lo < at);
        // A section in it that ends behind it is a doubt, and so is a tag that goes on there.
        let of_tag = node.body.map_or(node.head.hi, |body| node.head.hi.max(body.open.hi));
        if of_tag > at || self.tree.nodes[first..first + inside].iter().any(|node| node.span.hi > at) {
            return None;
        }
        let name = self.tree.slice(node.name.span);
        let line = format!("{}{}</{name}>{}", closing.before, closing.indent, closing.line_break);
        Some((at, line, NodeId((first + inside) as u32)))
    }

    /// No longer counts a section as open.
    fn forget(&mut self, section: &Open) {
        if let Some(open) = self.names.get_mut(&section.name) {
            *open -= 1;
        }
    }

    /// Writes into a section's node where it ends.
    fn finish(&mut self, section: &Open, hi: u32, end: NodeId, close: Option<Span>) {
        self.forget(section);
        let node = &mut self.tree.nodes[section.node.0 as usize];
        node.span.hi = hi;
        node.end = end;
        if let Some(body) = &mut node.body {
            body.close = close;
        }
    }

    /// What stands behind the place a section turned out to end at belongs to the section around it.
    fn move_out_of_cut_sections(&mut self) {
        if self.cut.is_empty() {
            return;
        }
        for id in 0..self.tree.nodes.len() {
            let mut parent = self.tree.nodes[id].parent;
            while let Some(up) =
                parent.filter(|up| self.cut.get(up).is_some_and(|next| next.0 as usize <= id))
            {
                parent = self.tree.nodes[up.0 as usize].parent;
            }
            self.tree.nodes[id].parent = parent;
        }
    }
}

/// Whether the section of this name holds code that `mod_perl` or `mod_lua` reads.
fn holds_code(name: &str) -> bool {
    name == "perl" || name == "luaquickhandler" || name.starts_with("luahook")
}

/// The beginning of the first line from `start` on that begins with the closing tag of `name`.
fn end_of_code(name: &str, text: &str, start: usize) -> usize {
    let is_code = |line: &&str| {
        let tag = line.trim_ascii_start().strip_prefix("</").and_then(|tag| tag.get(..name.len()));
        !tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name))
    };
    start + text[start..].split_inclusive('\n').take_while(is_code).map(str::len).sum::<usize>()
}
