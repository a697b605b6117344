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
}
