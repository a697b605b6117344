//! The scanner: strings and variables are one token each, with all they hold.

use std::ops::Range;

use super::{ExprFault, ExprFaultKind};
use crate::vocabulary::ExprName;

/// What ends a regular expression that begins with `m`.
const DELIMITERS: &[u8] = b"/#$%^,;:_?|-!.'\"";

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    True,
    False,
    Or,
    And,
    Not,
    Concat,
    /// `==`, `-eq`, `lt` and all other comparisons of two words.
    Compare,
    /// `=~`, `!~`.
    Match,
    In,
    /// `-d`: its letter.
    Unary(String),
    /// `-ipmatch`: its name.
    Binary(String),
    Digits,
    Name(String),
    /// `$1`.
    Backref,
    /// A string in quotes, with its text if it has no variable.
    Text(Option<String>),
    /// `%{…}`.
    Variable,
    /// Where the pattern stands, and whether case counts in it.
    Regex(Range<usize>, bool),
    /// One of `(){},:`.
    Mark(u8),
    End,
}

/// A token and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    pub at: Range<usize>,
}

/// Reads tokens one after the other.
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

type Found<T> = Result<T, ExprFault>;

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// The next token.
    pub(super) fn next(&mut self) -> Found<Token> {
        self.at += self.rest().bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n')).count();
        let from = self.at;
        let kind = self.kind()?;
        Ok(Token { kind, at: from..self.at })
    }

    /// The whole text as a string with variables.
    pub(super) fn whole_text(&mut self) -> Found<()> {
        self.pieces(None, ExprFaultKind::OpenString).map(drop)
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn take(&mut self, length: usize, kind: Kind) -> Kind {
        self.at += length;
        kind
    }

    fn fault<T>(&self, from: usize, to: usize, kind: ExprFaultKind) -> Found<T> {
        Err(ExprFault { at: from..to.min(self.text.len()), kind })
    }

    fn kind(&mut self) -> Found<Kind> {
        let Some(first) = self.byte(0) else { return Ok(Kind::End) };
        let second = self.byte(1);
        let kind = match (first, second) {
            (b'"' | b'\'', _) => return self.string(first),
            (b'%', Some(b'{')) => return self.variable(),
            (b'$', Some(b'0'..=b'9')) => self.take(2, Kind::Backref),
            (b'/', _) => self.regex(1),
            (b'=' | b'!', Some(b'~')) => self.take(2, Kind::Match),
            (b'=' | b'!' | b'<' | b'>', Some(b'=')) => self.take(2, Kind::Compare),
            (b'=' | b'<' | b'>', _) => self.take(1, Kind::Compare),
            (b'!', _) => self.take(1, Kind::Not),
            (b'&', Some(b'&')) => self.take(2, Kind::And),
            (b'|', Some(b'|')) => self.take(2, Kind::Or),
            (b'.', _) => self.take(1, Kind::Concat),
            (b'(' | b')' | b'{' | b'}' | b',' | b':', _) => self.take(1, Kind::Mark(first)),
            (b'-', Some(b'0'..=b'9')) | (b'0'..=b'9', _) => {
                let digits = self.rest()[1..].bytes().take_while(u8::is_ascii_digit).count();
                self.take(1 + digits, Kind::Digits)
            }
            (b'-', Some(b'a'..=b'z' | b'A'..=b'Z' | b'_')) => {
                let name = name_at(&self.rest()[1..]);
                self.take(1 + name.len(), operator(name))
            }
            (b'm', Some(mark)) if DELIMITERS.contains(&mark) && name_at(self.rest()).len() <= 2 => {
                self.regex(2)
            }
            (b'a'..=b'z' | b'A'..=b'Z', _) => {
                let name = name_at(self.rest());
                self.take(name.len(), word(name))
            }
            _ => {
                let char = self.rest().chars().next().unwrap_or_default();
                return self.fault(self.at, self.at + char.len_utf8(), ExprFaultKind::Character(char));
            }
        };
        Ok(kind)
    }

    /// A regular expression whose delimiter is the last of the next `open` bytes. One that is not closed is
    /// the end of the text.
    fn regex(&mut self, open: usize) -> Kind {
        let delimiter = self.text.as_bytes()[self.at + open - 1];
        let from = self.at + open;
        let Some(length) = self.text.as_bytes()[from..].iter().position(|&byte| byte == delimiter) else {
            return self.take(self.rest().len(), Kind::End);
        };
        self.at = from + length + 1;
        let ignores_case = self.byte(0) == Some(b'i');
        self.at += usize::from(ignores_case);
        Kind::Regex(from..from + length, !ignores_case)
    }

    /// `'…'`, `"…"`.
    fn string(&mut self, quote: u8) -> Found<Kind> {
        self.at += 1;
        self.pieces(Some(quote), ExprFaultKind::OpenString).map(|(text, _)| Kind::Text(text))
    }

    /// `%{NAME}`, `%{function:text}`.
    fn variable(&mut self) -> Found<Kind> {
        let open = self.at;
        self.at += 2;
        let name = name_at(self.rest());
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return self.after_name(open);
        }
        let at = self.at..self.at + name.len();
        self.at = at.end;
        let what = match self.byte(0) {
            Some(b'}') => ExprName::Variable,
            Some(b':') => ExprName::Function,
            _ => return self.after_name(open),
        };
        self.at += 1;
        if what == ExprName::Function {
            let from = self.at;
            let (_, empty) = self.pieces(Some(b'}'), ExprFaultKind::OpenVariable).map_err(|fault| {
                if fault.at.is_empty() { ExprFault { at: open..self.text.len(), ..fault } } else { fault }
            })?;
            if empty {
                return self.fault(from, from + 1, ExprFaultKind::Unexpected);
            }
        }
        if what.knows(name) {
            Ok(Kind::Variable)
        } else {
            Err(ExprFault { at, kind: ExprFaultKind::Unknown(what, name.to_owned()) })
        }
    }

    /// What is wrong with a variable whose name ends here.
    fn after_name<T>(&self, open: usize) -> Found<T> {
        match self.rest().chars().next() {
            None | Some('\n') => self.fault(open, self.at, ExprFaultKind::OpenVariable),
            Some(':' | '}') => self.fault(self.at, self.at + 1, ExprFaultKind::Unexpected),
            Some(char) => self.fault(self.at, self.at + char.len_utf8(), ExprFaultKind::InVariable(char)),
        }
    }

    /// A string up to `end`, which it takes, or up to the end of the text. Returns its text if no variable
    /// stands in it, and whether nothing does.
    fn pieces(&mut self, end: Option<u8>, open: ExprFaultKind) -> Found<(Option<String>, bool)> {
        let (from, mut text, mut constant) = (self.at, String::new(), true);
        loop {
            let Some(char) = self.rest().chars().next() else {
                let at = from.saturating_sub(1);
                return if end.is_none() { Ok((None, false)) } else { self.fault(at, self.at, open) };
            };
            match (char, self.byte(1)) {
                ('\n', _) => return self.fault(from.saturating_sub(1), self.at, open),
                ('\\', _) => text.push(self.escape()?),
                ('$', Some(b'0'..=b'9')) => {
                    constant = false;
                    self.at += 2;
                }
                ('%', Some(b'{')) => {
                    constant = false;
                    self.variable()?;
                }
                _ if end.is_some_and(|end| char == char::from(end)) => {
                    let empty = self.at == from;
                    self.at += 1;
                    return Ok((constant.then_some(text), empty));
                }
                // The scanner of httpd has no rule for quotes in the text of a variable, and gives up.
                ('"' | '\'', _) if end == Some(b'}') => {
                    return self.fault(self.at, self.at + 1, ExprFaultKind::InVariable(char));
                }
                _ => {
                    text.push(char);
                    self.at += char.len_utf8();
                }
            }
        }
    }

    /// `\n`, `\101`: the character.
    fn escape(&mut self) -> Found<char> {
        let from = self.at;
        let digits = self.rest()[1..].bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            let octal = u8::from_str_radix(&self.rest()[1..=digits], 8).ok().filter(|_| digits <= 3);
            self.at += 1 + digits;
            return octal.map_or_else(
                || self.fault(from, self.at, ExprFaultKind::Escape),
                |code| Ok(char::from(code)),
            );
        }
        let Some(char) = self.rest()[1..].chars().next() else {
            return self.fault(from, from + 1, ExprFaultKind::Escape);
        };
        self.at += 1 + char.len_utf8();
        Ok(char)
    }
}

/// The letters, digits and underscores `text` begins with.
fn name_at(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// An operator with a dash.
fn operator(name: &str) -> Kind {
    match name {
        "in" => Kind::In,
        "eq" | "ne" | "ge" | "le" | "gt" | "lt" => Kind::Compare,
        _ if name.len() == 1 => Kind::Unary(name.to_owned()),
        _ => Kind::Binary(name.to_owned()),
    }
}

/// A word without a dash.
fn word(name: &str) -> Kind {
    match name {
        "and" => Kind::And,
        "or" => Kind::Or,
        "not" => Kind::Not,
        "true" => Kind::True,
        "false" => Kind::False,
        "in" => Kind::In,
        "eq" | "ne" | "ge" | "le" | "gt" | "lt" => Kind::Compare,
        _ => Kind::Name(name.to_owned()),
    }
}
