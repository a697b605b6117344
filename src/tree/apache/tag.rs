//! One `<Name …>` or `</Name>`: where it ends and what is wrong with it, before tags are paired.

use super::lex::{self, Rule, Token};
use crate::source::Span;
use crate::tree::{SyntaxError, SyntaxKind, Word};

/// The parts of a tag's line.
pub(super) struct Tag<'t> {
    /// From `<` to the `>` right behind the name or, without one, to the end of the name.
    pub span: Span,
    /// The name.
    pub name: Option<Word>,
    /// The `>` right behind the name.
    gt: Option<Span>,
    /// What follows on the line; nothing is read yet of text glued to `gt`.
    tail: Option<Span>,
    /// The text of `tail`.
    rest: &'t str,
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
    /// Where to go on, when the rest of the line is better read as a line of its own.
    pub resume: Option<u32>,
}

impl<'t> Tag<'t> {
    /// Reads the token of a tag on a line at `base`.
    pub(super) fn read(token: Token<'t>, base: u32) -> Self {
        let lo = lex::span(&token, base).lo;
        let mut tag = Self { span: Span::new(lo, lo + 1), name: None, gt: None, tail: None, rest: "" };
        for part in token.into_inner() {
            let span = lex::span(&part, base);
            match part.as_rule() {
                Rule::tag_name => tag.name = Some(lex::word(&part, base)),
                Rule::gt => tag.gt = Some(span),
                _ => (tag.tail, tag.rest) = (Some(span), part.as_str()),
            }
        }
        let last = tag.gt.or(tag.name.map(|name| name.span));
        tag.span = last.map_or(tag.span, |last| tag.span.to(last));
        tag
    }

    /// Its whole line.
    pub(super) fn line(&self) -> Span {
        self.tail.map_or(self.span, |tail| self.span.to(tail))
    }

    /// The end of an opening tag: the last `>` of its line.
    pub(super) fn opening(&self, name: &str) -> Ending {
        if let Some(at) = self.rest.rfind('>') {
            return self.split_at(at);
        }
        let args = self.tail.map_or_else(Vec::new, |tail| lex::arguments(self.rest, tail.lo));
        match self.gt {
            // `<RequireAll> # note`: to httpd, the arguments begin behind the name and have no `>`.
            Some(gt) if self.tail.is_none() || !args.is_empty() => self.broken_behind(gt, name),
            Some(gt) => Ending::at(gt),
            // `<RequireAll` alone is closed by httpd itself.
            None if args.is_empty() => Ending::at(Span::at(self.span.hi)),
            None => self.without_gt(args, name),
        }
    }

    /// The end of a closing tag.
    pub(super) fn closing(&self, name: &str) -> Ending {
        let dropped = self.tail.and_then(|tail| lex::trimmed(self.rest, tail.lo));
        match self.gt {
            Some(gt) if self.tail.is_none() => self.broken_behind(gt, name),
            Some(gt) => Ending { skipped: dropped.into_iter().collect(), ..Ending::at(gt) },
            None => {
                let end = self.span.hi;
                let insert = (!self.rest.contains('>')).then_some((end, ">"));
                let error = SyntaxError { insert, ..self.no_end(name) };
                let skipped = dropped.into_iter().collect();
                Ending { skipped, error: Some(error), ..Ending::at(Span::at(end)) }
            }
        }
    }

    /// The line ends at the `>` at `at` of its tail.
    fn split_at(&self, at: usize) -> Ending {
        let base = self.tail.map_or(self.span.hi, |tail| tail.lo);
        let gt = base + at as u32;
        let behind = lex::trimmed(&self.rest[at + 1..], gt + 1);
        Ending {
            args: lex::arguments(&self.rest[..at], base),
            // `<Directory> /srv>`: httpd takes the first `>` off the name.
            skipped: self.gt.into_iter().chain(behind).collect(),
            ..Ending::at(Span::new(gt, gt + 1))
        }
    }

    /// A line break is missing behind `gt`.
    fn broken_behind(&self, gt: Span, name: &str) -> Ending {
        let error = SyntaxError { insert: Some((gt.hi, "\n")), ..self.no_end(name) };
        Ending { error: Some(error), resume: Some(gt.hi), ..Ending::at(gt) }
    }

    /// Arguments, and no `>` behind them.
    fn without_gt(&self, args: Vec<Word>, name: &str) -> Ending {
        let end = args.last().map_or(self.span.hi, |word| word.span.hi);
        let error = SyntaxError { insert: Some((self.end_of_values(&args), ">")), ..self.no_end(name) };
        let error = SyntaxError { span: self.span.to(Span::at(end)), ..error };
        Ending { args, error: Some(error), ..Ending::at(Span::at(end)) }
    }

    /// The end of the last argument before a `#`, which begins what was meant as a comment.
    fn end_of_values(&self, args: &[Word]) -> u32 {
        let tail = self.tail.map_or(0, |tail| tail.lo);
        let begins = |word: &&Word| !self.rest[(word.span.lo - tail) as usize..].starts_with('#');
        args.iter().take_while(begins).last().map_or(self.span.hi, |word| word.span.hi)
    }

    /// The error of a tag whose line does not end as it should.
    fn no_end(&self, name: &str) -> SyntaxError {
        error(SyntaxKind::UnclosedSectionLine, self.span, name)
    }
}

impl Ending {
    /// A tag that ends at `gt`, and nothing else.
    fn at(gt: Span) -> Self {
        Self { args: Vec::new(), gt, skipped: Vec::new(), error: None, resume: None }
    }
}

/// An error with nothing to insert and no other place.
pub(super) fn error(kind: SyntaxKind, span: Span, what: &str) -> SyntaxError {
    SyntaxError { kind, span, related: None, what: what.to_owned(), insert: None }
}
