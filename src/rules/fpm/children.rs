//! How many children a pool has, and what goes together.

use crate::diagnostic::Edit;
use crate::edits;
use crate::rule::Context;
use crate::stack::fpm::Pool;
use crate::value;

pub(in crate::rules) const CHILDREN: &str = "pm.max_children";
pub(super) const START: &str = "pm.start_servers";
pub(super) const LEAST: &str = "pm.min_spare_servers";
pub(super) const MOST: &str = "pm.max_spare_servers";
pub(super) const RATE: &str = "pm.max_spawn_rate";
pub(super) const IDLE: &str = "pm.process_idle_timeout";

/// How a pool gets its children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Static,
    Dynamic,
    Ondemand,
}

impl Style {
    const ALL: [(&str, Self); 3] =
        [("static", Self::Static), ("dynamic", Self::Dynamic), ("ondemand", Self::Ondemand)];

    pub(super) fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(word, _)| text.eq_ignore_ascii_case(word)).map(|(_, style)| style)
    }

    /// What the other settings of a pool that has no `pm`, or a misspelt one, are for.
    pub(super) fn meant(pool: &Pool) -> Option<&'static str> {
        let text = pool.get("pm").map_or("", |entry| &entry.value);
        let close = Self::ALL.iter().find(|(word, _)| strsim::damerau_levenshtein(text, word) <= 2);
        match close {
            Some((word, _)) => Some(word),
            None if [START, LEAST, MOST].iter().any(|key| pool.get(key).is_some()) => Some("dynamic"),
            None if pool.get(IDLE).is_some() => Some("ondemand"),
            None => None,
        }
    }
}

/// The numbers of a pool; 0 for those that are not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) children: i32,
    pub(super) start: i32,
    pub(super) least: i32,
    pub(super) most: i32,
}

impl Numbers {
    /// `None` when FPM refuses one of them, which is the matter of another rule.
    pub(super) fn of(pool: &Pool) -> Option<Self> {
        let number = |key| match pool.get(key) {
            Some(entry) => value::fpm_integer(entry.read()).ok().map(|reading| reading.value),
            None => Some(0),
        };
        Some(Self {
            children: number(CHILDREN)?,
            start: number(START)?,
            least: number(LEAST)?,
            most: number(MOST)?,
        })
    }

    /// The nearest numbers FPM takes: all of them hold together, whichever was wrong.
    pub(super) fn solved(self, style: Style) -> Self {
        let children =
            if self.children < 1 { self.start.max(self.least).max(self.most).max(5) } else { self.children };
        if style != Style::Dynamic {
            return Self { children, ..self };
        }
        let (mut least, mut most) = (self.least, self.most);
        if least < 1 {
            least = 1;
        }
        if most < 1 {
            most = least.saturating_add(2);
        }
        if least > most {
            (least, most) = (most, least);
        }
        let (least, most) = (least.min(children), most.min(children));
        let fits = self.start < 1 || (least..=most).contains(&self.start);
        let start = if fits { self.start } else { least + (most - least) / 2 };
        Self { children, start, least, most }
    }

    pub(super) fn pairs(self) -> [(&'static str, i32); 4] {
        [(CHILDREN, self.children), (START, self.start), (LEAST, self.least), (MOST, self.most)]
    }
}

/// Gives a pool another number of children, and to the other numbers what goes with it.
pub(in crate::rules) fn rewritten(context: &Context<'_>, pool: &Pool, children: u64) -> Option<Vec<Edit>> {
    let style = pool.said("pm").and_then(|pm| Style::of(&pm.value))?;
    let now = Numbers::of(pool)?;
    let new = Numbers { children: i32::try_from(children).ok()?, ..now }.solved(style);
    let changed = new.pairs().into_iter().zip(now.pairs()).filter(|(new, old)| new != old);
    let edits = changed.filter_map(|((key, value), _)| {
        let entry = pool.get(key)?;
        Some(edits::restate(context.files.node(entry.at), &value.to_string()))
    });
    Some(edits.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FPM's own checks, in its order.
    fn accepted(numbers: Numbers) -> bool {
        let Numbers { children, start, least, most } = numbers;
        children >= 1
            && least >= 1
            && most >= least
            && most <= children
            && (start < 1 || (least..=most).contains(&start))
    }

    #[test]
    fn what_is_solved_holds_together() {
        let values = [-3, 0, 1, 2, 3, 5, 9, i32::MAX];
        for children in values {
            for start in values {
                for least in values {
                    for most in values {
                        let numbers = Numbers { children, start, least, most };
                        let solved = numbers.solved(Style::Dynamic);
                        assert!(accepted(solved), "{numbers:?} became {solved:?}");
                        if accepted(numbers) {
                            assert_eq!(numbers, solved, "nothing to do");
                        }
                    }
                }
            }
        }
    }
}
