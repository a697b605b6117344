//! The contexts of nginx: which kinds of blocks a directive may stand in.

use std::fmt;
use std::ops::{BitAnd, BitOr};

/// Kinds of nginx blocks a directive may stand in, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contexts(u32);

impl Contexts {
    /// The names of the table, each at its bit; [`Self::inside`] counts on their order.
    pub const NAMES: [&str; 15] = [
        "main",
        "events",
        "http",
        "server",
        "location",
        "upstream",
        "if-in-server",
        "if-in-location",
        "limit_except",
        "stream",
        "stream-server",
        "stream-upstream",
        "mail",
        "mail-server",
        "mgmt",
    ];
    /// No block at all.
    pub const NONE: Self = Self(0);
    /// `http`.
    pub const HTTP: Self = Self(1 << 2);
    /// `http` and all below it.
    pub const OF_HTTP: Self = Self(0b1_1111_1100);
    /// `stream` and all below it.
    pub const OF_STREAM: Self = Self(0b111 << 9);
    /// `mail` and all below it.
    pub const OF_MAIL: Self = Self(0b11 << 12);
    /// Outside of all blocks.
    pub const MAIN: Self = Self(1);
    /// Anywhere.
    pub const ALL: Self = Self((1 << Self::NAMES.len()) - 1);

    /// Reads `http,server`, or `any`. A name that is not known is none.
    pub fn parse(text: &str) -> Self {
        if text == "any" {
            return Self::ALL;
        }
        text.split(',').fold(Self::NONE, |all, name| all | Self::named(name).unwrap_or(Self::NONE))
    }

    /// The one context of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|&known| known == name).map(Self::at)
    }

    /// Whether the two sets share a context.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether it is no context at all: the body of a block that holds data, not directives.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What people call it: "`http`, `server` or `location`".
    pub fn in_words(self) -> String {
        let mut names: Vec<String> = self.each().map(Self::one_in_words).collect();
        match names.pop() {
            Some(last) if names.is_empty() => last,
            Some(last) => format!("{} or {last}", names.join(", ")),
            None => "nowhere".to_owned(),
        }
    }

    /// What people call a single context.
    fn one_in_words(self) -> String {
        let name = self.to_string();
        match name.split_once('-') {
            Some(("if", block)) => format!("`if` in `{}`", block.trim_start_matches("in-")),
            Some((block, inner)) => format!("`{inner}` in `{block}`"),
            None if name == "main" => "the main context, outside of all blocks".to_owned(),
            None => format!("`{name}`"),
        }
    }

    /// Its contexts, each alone.
    pub fn each(self) -> impl Iterator<Item = Self> {
        (0..Self::NAMES.len()).map(Self::at).filter(move |&context| self.meets(context))
    }

    /// The set of the context at place `index` of [`Self::NAMES`].
    const fn at(index: usize) -> Self {
        Self(1 << index)
    }

    /// The contexts the body of a block `name` can be that stands in one of these.
    #[must_use]
    pub fn inside(self, name: &str) -> Self {
        let steps: &[(usize, usize)] = match name {
            "events" => &[(0, 1)],
            "http" => &[(0, 2)],
            "stream" => &[(0, 9)],
            "mail" => &[(0, 12)],
            "mgmt" => &[(0, 14)],
            "server" => &[(2, 3), (9, 10), (12, 13)],
            "location" => &[(3, 4), (4, 4)],
            "upstream" => &[(2, 5), (9, 11)],
            "if" => &[(3, 6), (4, 7)],
            "limit_except" => &[(4, 8)],
            _ => &[],
        };
        let held = steps.iter().filter(|&&(outer, _)| self.meets(Self::at(outer)));
        held.fold(Self::NONE, |all, &(_, inner)| all | Self::at(inner))
    }
}

/// `http,server`, as the table has it.
impl fmt::Display for Contexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Self::NAMES.iter().enumerate().filter(|&(index, _)| self.meets(Self::at(index)));
        for (count, (_, name)) in names.enumerate() {
            write!(f, "{}{name}", if count == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl BitOr for Contexts {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Contexts {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_follow_the_blocks() {
        let server = Contexts::ALL.inside("http").inside("server");
        assert_eq!(server, Contexts::parse("server"));
        assert_eq!(server.inside("if"), Contexts::parse("if-in-server"));
        assert_eq!(server.inside("location").inside("if"), Contexts::parse("if-in-location"));
        assert_eq!(Contexts::ALL.inside("server"), Contexts::parse("server,stream-server,mail-server"));
        assert!(Contexts::ALL.inside("map").is_empty());
    }
    #[test]
    fn kinds_of_servers_hold_their_blocks() {
        let parse = Contexts::parse;
        let http = "http,server,location,upstream,if-in-server,if-in-location,limit_except";
        assert_eq!(Contexts::OF_HTTP, parse(http));
        assert_eq!(Contexts::OF_STREAM, parse("stream,stream-server,stream-upstream"));
        assert_eq!(Contexts::OF_MAIL, parse("mail,mail-server"));
    }

    #[test]
    fn contexts_are_said_in_words() {
        let words = |text| Contexts::parse(text).in_words();
        assert_eq!(words("http"), "`http`");
        assert_eq!(words("location,server,http"), "`http`, `server` or `location`");
        assert_eq!(words("if-in-location,stream-server"), "`if` in `location` or `server` in `stream`");
    }
}
