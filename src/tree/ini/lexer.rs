//! From text to statements: what `grammar/ini.pest` reads, as offsets.

use std::ops::Range;

use pest::Parser as _;
use pest::iterators::Pair;

/// Keeps the code pest generates, which has no documentation, to itself.
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "grammar/ini.pest"]
    pub(super) struct Grammar;
}

use grammar::{Grammar, Rule};

/// What one statement is, all offsets in the text it was read from.
pub(super) enum Statement {
    /// `[name]`: the name, and the `]` if it is there.
    Section(Range<usize>, Option<Range<usize>>),
    /// A key alone.
    Key(Range<usize>),
    /// `key = value`.
    Entry(Range<usize>, Value),
    /// No statement begins here.
    Nothing,
}

/// A value, as far as it could be read.
pub(super) struct Value {
    /// Its first byte, or the place behind `=` and the blanks there.
    pub(super) start: usize,
    /// Its pieces; no blanks at the end.
    pub(super) pieces: Vec<Piece>,
}

impl Value {
    /// Behind its last piece.
    pub(super) fn end(&self) -> usize {
        self.pieces.last().map_or(self.start, |piece| piece.range.end)
    }
}

/// One part of a value.
pub(super) struct Piece {
    pub(super) kind: PieceKind,
    pub(super) range: Range<usize>,
}

/// What a part of a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PieceKind {
    Plain,
    Blanks,
    Double,
    Single,
    /// `''`, the end of a value whatever follows.
    Empty,
    Variable,
    Operator,
}

/// Reads the statement that `text[at..]` begins with.
pub(super) fn statement(text: &str, at: usize) -> Statement {
    let Some(pair) = read(Rule::statement, &text[at..]).and_then(|pair| pair.into_inner().next()) else {
        return Statement::Nothing;
    };
    let is_section = pair.as_rule() == Rule::section;
    let mut parts = pair.into_inner();
    let Some(first) = parts.next().map(|part| range(&part, at)) else { return Statement::Nothing };
    let second = parts.next().map(|part| range(&part, at));
    if is_section {
        return Statement::Section(first, second);
    }
    match (second, parts.next()) {
        (Some(equals), Some(pair)) => {
            let value = Value { start: equals.end, pieces: pieces(pair, at) };
            Statement::Entry(first, value)
        }
        _ => Statement::Key(first),
    }
}

/// The pieces `text` is made of as a value, from its first byte on.
pub(super) fn value(text: &str) -> Vec<Piece> {
    read(Rule::value, text).map(|pair| pieces(pair, 0)).unwrap_or_default()
}

/// The pieces of a value, blanks at the end left out.
fn pieces(value: Pair<'_, Rule>, at: usize) -> Vec<Piece> {
    let piece = |pair: Pair<'_, Rule>| Piece { kind: kind(pair.as_rule()), range: range(&pair, at) };
    let mut pieces: Vec<Piece> = value.into_inner().map(piece).collect();
    if pieces.last().is_some_and(|last| last.kind == PieceKind::Blanks) {
        pieces.pop();
    }
    pieces
}

/// What piece a rule reads.
fn kind(rule: Rule) -> PieceKind {
    match rule {
        Rule::blanks => PieceKind::Blanks,
        Rule::double => PieceKind::Double,
        Rule::single => PieceKind::Single,
        Rule::empty => PieceKind::Empty,
        Rule::variable => PieceKind::Variable,
        Rule::operator => PieceKind::Operator,
        _ => PieceKind::Plain,
    }
}

/// The first pair of a rule; the rules that are asked for match any text.
fn read(rule: Rule, text: &str) -> Option<Pair<'_, Rule>> {
    Grammar::parse(rule, text).ok()?.next()
}

/// Where a pair stands in the text that was read from `at` on.
fn range(pair: &Pair<'_, Rule>, at: usize) -> Range<usize> {
    let span = pair.as_span();
    at + span.start()..at + span.end()
}
