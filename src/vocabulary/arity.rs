//! How many arguments a directive takes.

use std::fmt;

/// How many arguments a directive takes: some counts, or one count and any above it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Arity(u16);

impl Arity {
    /// Counts from this one on are one: no directive tells them apart.
    const MANY: u32 = u16::BITS - 1;

    /// Reads `1,2,3` or `2+`. A count that cannot be read is none.
    pub(super) fn parse(text: &str) -> Self {
        if let [digit @ b'0'..=b'9'] = text.as_bytes() {
            return Self(1 << u32::from(digit - b'0').min(Self::MANY));
        }
        if let Some(least) = text.strip_suffix('+') {
            return Self(least.parse::<u32>().map_or(0, |least| u16::MAX << least.min(Self::MANY)));
        }
        let counts = text.split(',').filter_map(|count| count.parse::<u32>().ok());
        Self(counts.fold(0, |mask, count| mask | 1 << count.min(Self::MANY)))
    }

    /// Whether so many arguments are allowed.
    pub fn accepts(self, count: usize) -> bool {
        let count = u32::try_from(count).unwrap_or(Self::MANY).min(Self::MANY);
        self.0 >> count & 1 == 1
    }

    /// Whether it has no upper end.
    pub const fn is_open(self) -> bool {
        self.0 >> Self::MANY & 1 == 1
    }

    /// The smallest count allowed.
    pub const fn least(self) -> u32 {
        self.0.trailing_zeros()
    }
}

/// `1`, `1, 2 or 3`, `at least 2`.
impl fmt::Display for Arity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_open() {
            return write!(f, "at least {}", self.least());
        }
        let mut rest = self.0;
        while rest != 0 {
            let count = rest.trailing_zeros();
            rest &= rest - 1;
            let behind = match rest.count_ones() {
                0 => "",
                1 => " or ",
                _ => ", ",
            };
            write!(f, "{count}{behind}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Arity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Arity({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arity_reads_counts_and_open_ends() {
        let (one, some, open) = (Arity::parse("1"), Arity::parse("1,3,4"), Arity::parse("2+"));
        assert!(one.accepts(1) && !one.accepts(0) && !one.accepts(2));
        assert!(some.accepts(3) && !some.accepts(2) && !some.accepts(5000));
        assert!(open.accepts(2) && open.accepts(5000) && !open.accepts(1) && open.is_open());
        assert_eq!([one, some, open].map(|arity| arity.to_string()), ["1", "1, 3 or 4", "at least 2"]);
    }
}
