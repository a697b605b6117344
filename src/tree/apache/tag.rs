//! One `<Name …>` or `</Name>`: where it ends and what is wrong with it, before tags are paired.

use super::lex::{self, Rule, Token};
use crate::source::Span;
use crate::tree::{Quote, SyntaxError, SyntaxKind, Word};

/// The parts of a tag's line.
pub(super) struct Tag<'t> {
    /// From `<` to the `>` right behind the name or, without one, to the end of the name.
    pub span: Span,
    /// The name.
    pub name: Option<Word>,
    /// The `>` right behind the name.
    gt: Option<Span>,
    /// Whether `gt` is followed by what should be another line.
    glued: bool,
    /// What follows `span` on the line.
    tail: &'t str,
    /// The words of `tail`.
    words: Vec<Word>,
}

/// How a tag ends.
pub(super) struct Ending {
    /// Its arguments.
    pub args: Vec<Word>,
    /// The `>`; empty behind the last argument when there is none.
    pub gt: Span,
    /// Text of the line that httpd drops.
    pub skipped: Vec<Span>,
    /// What is wrong.
    pub error: Option<SyntaxError>,
}

impl<'t> Tag<'t> {
    /// Reads the token of a tag in a text at `base`.
    pub(super) fn read(token: Token<'t>, base: u32) -> Self {
        let whole = lex::span(&token, base);
        let (mut name, mut gt, mut glued, mut words) = (None, None, false, Vec::new());
        let text = token.as_str();
        for part in token.into_inner() {
            let word = lex::word(&part, base);
            match part.as_rule() {
                Rule::tag_name => name = Some(word),
                // Its token begins with the continuations before it.
                Rule::gt => gt = Some(Span::new(word.span.hi - 1, word.span.hi)),
                Rule::glued => glued = true,
                _ => words.push(word),
            }
        }
        let end = gt.or(name.map(|name| name.span)).map_or(whole.hi, |last| last.hi);
        let tail = text.get((end - whole.lo) as usize..).unwrap_or_default();
        Self { span: Span::new(whole.lo, end), name, gt, glued, tail, words }
    }

    /// From its first byte to its last word.
    pub(super) fn line(&self) -> Span {
        self.words.last().map_or(self.span, |word| self.span.to(word.span))
    }

    /// The end of an opening tag: the last `>` of its line.
    pub(super) fn opening(self, name: &str) -> Ending {
        if let Some(at) = self.tail.rfind('>') {
            return self.split_at(at);
        }
        match self.gt {
            // `<RequireAll> # note`: to httpd, the arguments begin behind the name and have no `>`.
            Some(gt) if self.glued => self.break_missing(gt, name),
            Some(gt) => Ending::at(gt),
            // `<RequireAll` alone is closed by httpd itself.
            None if self.words.is_empty() => Ending::at(Span::at(self.span.hi)),
            None => self.without_gt(name),
        }
    }

    /// The end of a closing tag.
    pub(super) fn closing(&self, name: &str) -> Ending {
        if let (Some(gt), true) = (self.gt, self.glued) {
            return self.break_missing(gt, name);
        }
        let dropped = self.words.first().zip(self.words.last()).map(|(first, last)| first.span.to(last.span));
        let ending = Ending { skipped: dropped.into_iter().collect(), ..Ending::at(Span::at(self.span.hi)) };
        if self.gt.is_some() {
            return ending;
        }
        let insert = (!self.tail.contains('>')).then_some((self.span.hi, ">".into()));
        Ending { error: Some(SyntaxError { insert, ..self.no_end(name) }), ..ending }
    }

    /// The line ends at the `>` at `at` of the tail.
    fn split_at(mut self, at: usize) -> Ending {
        let base = self.span.hi;
        let gt = base + at as u32;
        let before = self.words.partition_point(|word| word.span.hi <= gt);
        let cut = self.words.get(before).copied().filter(|word| word.span.lo < gt);
        self.words.truncate(before);
        match cut {
            Some(word) if word.quote == Quote::None && !self.tail[..at].ends_with('\n') => {
                self.words.push(Word { span: Span::new(word.span.lo, gt), ..word });
            }
            // A quote that is closed behind `gt` takes only what is before it.
            Some(_) => self.words = lex::arguments(&self.tail[..at], base),
            None => {}
        }
        let behind = lex::trimmed(&self.tail[at + 1..], gt + 1);
        Ending {
            args: self.words,
            // `<Directory> /srv>`: httpd takes the first `>` off the name.
            skipped: self.gt.into_iter().chain(behind).collect(),
            ..Ending::at(Span::new(gt, gt + 1))
        }
    }

    /// A line break is missing behind `gt`.
    fn break_missing(&self, gt: Span, name: &str) -> Ending {
        let error = SyntaxError { insert: Some((gt.hi, "\n".into())), ..self.no_end(name) };
        Ending { error: Some(error), ..Ending::at(gt) }
    }

    /// Arguments, and no `>` behind them.
    fn without_gt(self, name: &str) -> Ending {
        let line = self.line();
        let insert = Some((self.end_of_values(), ">".into()));
        let error = SyntaxError { span: line, insert, ..self.no_end(name) };
        Ending { error: Some(error), args: self.words, ..Ending::at(Span::at(line.hi)) }
    }

    /// The end of the last argument before a `#`, which begins what was meant as a comment.
    fn end_of_values(&self) -> u32 {
        let at = |word: &Word| (word.span.lo - self.span.hi) as usize;
        let values = self.words.iter().take_while(|word| !self.tail[at(word)..].starts_with('#'));
        values.last().map_or(self.span.hi, |word| word.span.hi)
    }

    /// The error of a tag whose line does not end as it should.
    fn no_end(&self, name: &str) -> SyntaxError {
        error(SyntaxKind::UnclosedSectionLine, self.span, name)
    }
}

impl Ending {
    /// A tag that ends at `gt`, and nothing else.
    fn at(gt: Span) -> Self {
        Self { args: Vec::new(), gt, skipped: Vec::new(), error: None }
    }
}

/// An error with nothing to insert and no other place.
pub(super) fn error(kind: SyntaxKind, span: Span, what: &str) -> SyntaxError {
    SyntaxError { kind, span, related: None, what: what.to_owned(), insert: None }
}
