//! One word of an nginx directive: where it stands, what it is read as, what nginx logs when it does not take it.

use super::kind::{Class, Kind};
use crate::value::BadAddress;

/// Where in a directive a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// At this place; the first argument is 1.
    At(usize),
    /// At this place or behind it.
    From(usize),
    /// At the end.
    Last,
    /// Alone.
    Only,
    /// Behind this key, which ends in `=`.
    Key(&'static str),
}

/// One word of a directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Where it stands.
    pub(super) place: Position,
    /// What it is read as.
    pub kind: Kind,
    /// What it may be, too.
    pub or: Option<Kind>,
    /// Whether the directive needs it: keys only.
    pub needed: bool,
    /// What nginx logs when it does not take it, of a number out of bounds, and when it is missing.
    logs: [&'static str; 3],
}

impl Slot {
    pub(super) fn new(place: Position, kind: Kind, logs: &'static str) -> Self {
        Self { place, kind, or: None, needed: false, logs: [logs; 3] }
    }

    /// Reads the place, the type and the log of a line of the table.
    pub(super) fn parse(place: &'static str, kind: &'static str, logs: &'static str) -> Option<Self> {
        let (first, or) = kind.split_once('|').unwrap_or((kind, ""));
        let mut parts = if logs.is_empty() { "invalid parameter \"%\"" } else { logs }.split(" | ");
        let plain = parts.next()?;
        let logs = [plain, parts.next().unwrap_or(plain), parts.next().unwrap_or(plain)];
        let key = place.trim_end_matches('!');
        let at = if key.ends_with('=') {
            Position::Key(key)
        } else if place == "last" {
            Position::Last
        } else if place == "only" {
            Position::Only
        } else if let Some(from) = place.strip_suffix('+') {
            Position::From(from.parse().ok()?)
        } else {
            Position::At(place.parse().ok()?)
        };
        let or = if or.is_empty() { None } else { Kind::parse(or) };
        Some(Self { place: at, kind: Kind::parse(first)?, or, needed: key != place, logs })
    }

    /// The key it stands behind.
    pub const fn key(&self) -> Option<&'static str> {
        match self.place {
            Position::Key(key) => Some(key),
            _ => None,
        }
    }

    /// Whether it is a size, a time or a rate: a number with a unit.
    pub fn is_amount(&self) -> bool {
        matches!(self.kind.class(), Class::Size | Class::Time) || self.kind == Kind::Rate
    }

    /// Whether nginx takes the text.
    pub fn takes(&self, text: &str) -> bool {
        self.kind.takes(text) || self.or.is_some_and(|or| or.takes(text))
    }

    /// What was meant by a text nginx does not take.
    pub fn mend(&self, text: &str) -> Option<String> {
        self.kind.mend(text).or_else(|| self.or?.mend(text))
    }

    /// What nginx takes, as a sentence goes on behind "which takes".
    pub fn describe(&self) -> String {
        match self.or {
            Some(or) if self.kind.class() != Class::Text => {
                format!("{}, or {}", self.kind.describe(), or.describe())
            }
            _ => self.kind.describe(),
        }
    }

    /// The line nginx logs when the directive lacks it.
    pub fn logged_missing(&self, directive: &str) -> String {
        self.logs[2].replace("%d", directive)
    }

    /// The line nginx logs when it does not take `value`, the part of `word` behind the key.
    pub fn logged(&self, directive: &str, word: &str, value: &str) -> String {
        let [plain, bounds, _] = self.logs;
        let logs = if self.kind.is_out_of_bounds(value) { bounds } else { plain };
        let reason = self.kind.bad_address(value).map_or("", BadAddress::logged);
        let strange = value.chars().rev().find(|c| !matches!(c, '0' | '1' | ' '));
        let logs = logs.replace("%c", &strange.map(String::from).unwrap_or_default());
        logs.replace("%e", reason).replace("%d", directive).replace("%v", value).replace('%', word)
    }
}
