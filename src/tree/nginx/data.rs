//! Lines of blocks that hold data (`map`, `types`, …) which ran into each other because a `;` is missing.

use super::super::SyntaxKind;
use super::runon::Head;

/// What the lines of a block look like.
#[derive(Debug, Clone, Copy)]
enum Lines {
    /// A key and a value; some words stand alone.
    Pairs(&'static [&'static str]),
    /// A share and a value. nginx takes more and drops them.
    Shares,
    /// A type of content, and one or more extensions, which may be any texts.
    Types,
}

impl Lines {
    fn of(block: &str) -> Option<Self> {
        Some(match block {
            "map" => Self::Pairs(&["hostnames", "volatile"]),
            "geo" => Self::Pairs(&["ranges", "proxy_recursive"]),
            "charset_map" => Self::Pairs(&[]),
            "split_clients" => Self::Shares,
            "types" => Self::Types,
            _ => return None,
        })
    }

    /// Whether the words of one line are one of the block.
    fn fit(self, head: &Head<'_>, start: usize, end: usize) -> bool {
        match self {
            Self::Pairs(alone) => end - start == 2 || (end - start == 1 && alone.contains(&head.text(start))),
            Self::Shares => {
                let share = head.text(start);
                end - start == 2 && (share.ends_with('%') || share == "*")
            }
            Self::Types => end - start > 1 && head.text(start).contains('/'),
        }
    }

    /// What becomes of a line that runs on.
    const fn fault(self) -> SyntaxKind {
        match self {
            Self::Pairs(_) => SyntaxKind::MissingSemicolon,
            Self::Shares | Self::Types => SyntaxKind::RunOn,
        }
    }
}

impl Head<'_> {
    /// The indices of the words that begin a line of their own in a block named `block`, and what comes of
    /// it. Only where every line is one by itself: a value may stand on the line below its key.
    pub(super) fn data_run_ons(&self, block: &str) -> Option<(SyntaxKind, Vec<usize>)> {
        let lines = Lines::of(block).filter(|_| !self.block)?;
        let starts: Vec<usize> = match lines {
            Lines::Types => (1..self.words.len())
                .filter(|&at| self.begins_line(at) && self.text(at).contains('/'))
                .collect(),
            _ => (1..self.words.len()).filter(|&at| self.begins_line(at)).collect(),
        };
        let ends = starts.iter().copied().chain([self.words.len()]);
        let all = [0].into_iter().chain(starts.iter().copied()).zip(ends);
        let fit = !starts.is_empty() && all.into_iter().all(|(start, end)| lines.fit(self, start, end));
        fit.then_some((lines.fault(), starts))
    }
}
