//! What PHP makes of a value it does not take as it is written.

use super::{Place, Set, quantity, words};
use crate::vocabulary::{PhpType, PhpWord};

/// A value that is not what it looks like.
pub(super) struct Misread {
    /// What PHP makes of it.
    pub(super) message: String,
    /// What is wrong with it, in a few words.
    pub(super) label: String,
    /// What PHP logs.
    pub(super) logs: Option<String>,
    /// What was meant, as PHP writes it.
    pub(super) meant: Option<String>,
    /// What to do, where that is more than to write what was meant.
    pub(super) help: Option<String>,
    /// Whether PHP does with it what was meant all the same.
    pub(super) harmless: bool,
}

impl Misread {
    pub(super) fn new(message: String, label: impl Into<String>) -> Self {
        Self { message, label: label.into(), logs: None, meant: None, help: None, harmless: false }
    }

    /// Says what PHP logs, which it does not do for pools and for what nginx sends along.
    pub(super) fn logged(mut self, set: &Set, text: String) -> Self {
        self.logs = matches!(set.place, Place::Ini).then_some(text);
        self
    }

    pub(super) fn meant(mut self, text: Option<String>) -> Self {
        self.meant = text;
        self
    }

    pub(super) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}

/// What PHP makes of the value of a setting; `None` where it is what is written, or is not known.
pub(super) fn of(set: &Set, word: &PhpWord) -> Option<Misread> {
    if set.is_unknown() {
        return None;
    }
    if word.takes == PhpType::Errors {
        return words::errors(set);
    }
    if set.is_calculated() {
        return None;
    }
    match word.takes {
        PhpType::Flag | PhpType::Display => words::flag(set, word),
        PhpType::FlagOrBytes if words::is_switch(set.read()) => None,
        PhpType::Integer | PhpType::Bytes | PhpType::Seconds | PhpType::FlagOrBytes => {
            quantity::of(set, word)
        }
        PhpType::Timeout => quantity::timeout(set),
        PhpType::Number(least, most) => quantity::ranged(set, word, least, most),
        PhpType::Megabytes(least) => quantity::megabytes(set, word, least),
        PhpType::Timezone => words::timezone(set),
        PhpType::Jit => words::jit(set, word),
        PhpType::OneOf(known) => words::one_of(set, word, known),
        PhpType::Open(known) => words::open(set, known),
        PhpType::Text | PhpType::Octal | PhpType::Errors => None,
    }
}
