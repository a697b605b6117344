//! From heads to nodes: an explicit stack of open blocks, and what to do when the text is not in order.

use super::super::{Body, Node, NodeId, SyntaxError, SyntaxKind, Tree, Word};
use super::lexer::Lexer;
use super::runon::Head;
use super::{MAX_DEPTH, layout};
use crate::source::Span;
use crate::vocabulary::Contexts;

/// What says which `{` a `}` belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pairing {
    /// Their order alone, as nginx has it.
    Order,
    /// Their indentation, for a file in which the order does not come out even.
    Indentation,
}

/// Where nodes are being added.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The innermost open block that has a node.
    pub(super) parent: Option<NodeId>,
    /// What that block can be.
    contexts: Contexts,
}

/// A block not closed yet.
pub(super) struct Open {
    /// Its node; none for a `{` with no name before it and for blocks nested too deep.
    pub(super) node: Option<NodeId>,
    /// Where it stands itself.
    pub(super) outer: Place,
    /// How far it is indented, if it is the first on its line; told only for `Pairing::Indentation`.
    pub(super) column: Option<u32>,
}

/// Fills a tree.
pub(super) struct Builder<'t> {
    pub(super) tree: &'t mut Tree,
    pub(super) lexer: Lexer<'t>,
    pub(super) pairing: Pairing,
    pub(super) open: Vec<Open>,
    pub(super) place: Place,
    /// The words of the statement being read.
    pub(super) words: Vec<Word>,
    /// Where the last node or block ended.
    pub(super) last: u32,
}

impl<'t> Builder<'t> {
    /// A builder that fills `tree` from `text`, which is the tree's.
    pub(super) fn new(tree: &'t mut Tree, text: &'t str, pairing: Pairing) -> Self {
        let lexer = Lexer { text, base: tree.base };
        // What includes the file is not known here: its first nodes may stand anywhere.
        let place = Place { parent: None, contexts: Contexts::ALL };
        Self { tree, lexer, pairing, open: Vec::new(), place, words: Vec::new(), last: 0 }
    }

    /// Reads the whole text.
    pub(super) fn run(mut self) {
        if self.utf16() {
            return;
        }
        let mut at = self.byte_order_mark();
        loop {
            self.words.clear();
            at = self.head(at);
            while let Some(end) = self.brace_in_word(at) {
                at = self.head(end);
            }
            if let (Pairing::Indentation, Some(first)) = (self.pairing, self.words.first()) {
                self.close_by_column((first.span.lo - self.lexer.base) as usize);
            }
            let Some(terminator) = self.lexer.text.as_bytes().get(at) else { break };
            let mark = self.lexer.span(at, at + 1);
            at += 1;
            match terminator {
                b';' if self.words.is_empty() => self.empty_statement(mark),
                b';' => self.statement(Some(mark)),
                b'{' => at = self.open_block(mark, at),
                _ => self.close_brace(mark),
            }
        }
        self.end_of_file();
    }

    /// A `;` that ends nothing.
    fn empty_statement(&mut self, mark: Span) {
        self.error(SyntaxKind::EmptyStatement, mark, None, self.slice(mark), None);
        self.tree.skipped.push(mark);
    }

    /// The words read are a directive, or several that ran into each other; the last ends with `end`.
    fn statement(&mut self, end: Option<Span>) {
        let words = std::mem::take(&mut self.words);
        let last = self.split(&words, false);
        self.node(last, end);
        self.words = words;
    }

    /// Makes nodes of all directives in `words` but the last, whose words it gives back.
    fn split<'w>(&mut self, mut words: &'w [Word], block: bool) -> &'w [Word] {
        while words.len() > 1 {
            let lines = self.slice(words[0].span.to(words[words.len() - 1].span)).contains('\n');
            let head = self.statement_head(words, block);
            if let Some(body) = head.unopened() {
                self.open_unopened(&words[..body], words[body].span);
                words = &words[body..];
            } else if let Some(last) = lines.then(|| head.glued(self.around())).flatten() {
                self.close_glued(&words[..=last]);
                words = &words[last + 1..];
            } else if lines {
                return self.split_lines(words, block);
            } else {
                return words;
            }
        }
        words
    }

    /// The same, where each begins on a line of its own.
    fn split_lines<'w>(&mut self, words: &'w [Word], block: bool) -> &'w [Word] {
        let head = self.statement_head(words, block);
        let (kind, found) = if head.contexts.is_empty() {
            let Some(parent) = self.place.parent else { return words };
            let name = self.slice(self.tree.nodes[parent.0 as usize].name.span);
            let Some(found) = head.data_run_ons(name) else { return words };
            found
        } else if head.is_list() {
            (SyntaxKind::RunOn, head.run_ons())
        } else {
            (SyntaxKind::MissingSemicolon, head.run_ons())
        };
        let mut start = 0;
        for next in found {
            self.run_on(kind, &words[start..next], words[next].span);
            self.node(&words[start..next], None);
            start = next;
        }
        &words[start..]
    }

    /// The words of a statement, for questions about them.
    pub(super) fn statement_head<'w>(&self, words: &'w [Word], block: bool) -> Head<'w>
    where
        't: 'w,
    {
        Head { lexer: self.lexer, words, block, contexts: self.place.contexts }
    }

    /// What the block around the innermost one can be.
    fn around(&self) -> Contexts {
        self.open.last().map_or(Contexts::NONE, |block| block.outer.contexts)
    }

    /// Reports that `words` should have ended before `next`.
    pub(super) fn missing_semicolon(&mut self, words: &[Word], next: Span) {
        self.run_on(SyntaxKind::MissingSemicolon, words, next);
    }

    /// The same, with what comes of it.
    fn run_on(&mut self, kind: SyntaxKind, words: &[Word], next: Span) {
        let name = self.slice(words[0].span);
        let end = words[words.len() - 1].span.hi;
        self.error(kind, Span::at(end), Some(next), name, Some((end, ";")));
    }

    /// Adds a node of these words; `end` is its `;` or `{`.
    pub(super) fn node(&mut self, words: &[Word], end: Option<Span>) -> NodeId {
        let id = NodeId(self.tree.nodes.len() as u32);
        let args = self.tree.words.len() as u32;
        self.tree.words.extend_from_slice(&words[1..]);
        let head = words[0].span.to(words[words.len() - 1].span);
        let span = end.map_or(head, |end| head.to(end));
        self.last = span.hi;
        self.tree.nodes.push(Node {
            name: words[0],
            args: (args, self.tree.words.len() as u32),
            span,
            head,
            body: None,
            parent: self.place.parent,
            end: NodeId(id.0 + 1),
        });
        id
    }

    /// The words read are the head of a block that begins with `mark`; gives where reading goes on.
    fn open_block(&mut self, mark: Span, at: usize) -> usize {
        if self.words.is_empty() {
            self.empty_statement(mark);
            self.open.push(Open { node: None, outer: self.place, column: None });
            return at;
        }
        let words = std::mem::take(&mut self.words);
        let head = self.split(&words, true);
        let id = self.node(head, Some(mark));
        let name = head[0].span;
        self.words = words;
        self.tree.nodes[id.0 as usize].body = Some(Body { open: mark, close: None, raw: None });
        if self.slice(name).trim_end_matches(['"', '\'']).ends_with("_by_lua_block") {
            return self.lua(id, at);
        }
        self.enter(id, name, mark);
        at
    }

    /// Adds what follows to the block `id`, or beside it if that is nested too deep.
    pub(super) fn enter(&mut self, id: NodeId, name: Span, mark: Span) {
        let outer = self.place;
        let column = match self.pairing {
            Pairing::Order => None,
            Pairing::Indentation => layout::column(self.lexer.text, (name.lo - self.lexer.base) as usize),
        };
        let deep = self.open.len() >= MAX_DEPTH;
        if !deep {
            let contexts = outer.contexts.inside(self.slice(name));
            self.place = Place { parent: Some(id), contexts };
        } else if self.open.len() == MAX_DEPTH {
            self.error(SyntaxKind::TooDeep, name, Some(mark), self.slice(name), None);
        }
        self.open.push(Open { node: (!deep).then_some(id), outer, column });
    }

    /// The words read end with something that cannot end a directive.
    pub(super) fn unterminated(&mut self, next: Span) {
        let words = std::mem::take(&mut self.words);
        let last = self.split(&words, false);
        let end = last.len() - 1;
        if self.statement_head(last, false).is_glued(end) {
            self.close_glued(last);
        } else {
            self.missing_semicolon(last, next);
            self.node(last, None);
        }
        self.words = words;
    }

    /// Ends all that is open.
    fn end_of_file(&mut self) {
        let end = self.lexer.text.len();
        if let (Some(first), Some(last)) = (self.words.first(), self.words.last()) {
            let span = first.span.to(last.span);
            if self.slice(span).bytes().all(|byte| byte == 0) {
                self.error(SyntaxKind::NulByte, span, None, "", None);
                self.tree.skipped.push(span);
            } else {
                self.unterminated(self.lexer.span(end, end));
            }
        }
        while !self.open.is_empty() {
            self.close_unclosed();
        }
    }

    /// The text of a span.
    pub(super) fn slice(&self, span: Span) -> &'t str {
        let base = self.lexer.base;
        &self.lexer.text[(span.lo - base) as usize..(span.hi - base) as usize]
    }

    /// Notes an error.
    pub(super) fn error(
        &mut self,
        kind: SyntaxKind,
        span: Span,
        related: Option<Span>,
        what: &str,
        insert: Option<(u32, &'static str)>,
    ) {
        self.tree.errors.push(SyntaxError {
            kind,
            span,
            related,
            what: what.to_owned(),
            insert: insert.map(|(at, text)| (at, text.into())),
        });
    }
}
