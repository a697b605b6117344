//! Directives that ran into each other because a `;` is missing between them.
//!
//! nginx sees one directive with too many arguments, or takes the next directive's words for values
//! and says nothing. What gives the mistake away is a line that begins with a directive's name and
//! makes sense by itself. Directives may lawfully go on over many lines, so all of these must hold:
//! the name is known, allowed in this block, and takes as many arguments as follow it.

use super::super::{Quote, Word};
use super::layout;
use super::lexer::Lexer;
use crate::vocabulary::{self, Contexts, NginxWord, Value};

/// Directives whose arguments may be any words.
const ANY_VALUES: [&str; 5] = ["echo", "index", "log_format", "server_name", "try_files"];

/// The head of one statement.
#[derive(Clone, Copy)]
pub(super) struct Head<'a> {
    /// The text it stands in.
    pub(super) lexer: Lexer<'a>,
    /// Its words, name first.
    pub(super) words: &'a [Word],
    /// Whether `{` ends it.
    pub(super) block: bool,
    /// What its block can be.
    pub(super) contexts: Contexts,
}

impl Head<'_> {
    /// Whether nginx takes all of it for one directive with many values, and starts.
    pub(super) fn is_list(&self) -> bool {
        let takes_any = |word: &NginxWord| word.value == Value::TextList || ANY_VALUES.contains(&word.name);
        !self.block
            && self.meanings(0).iter().any(|word| takes_any(word) && self.fits(0, self.words.len(), false))
    }

    /// The indices of the words that begin a directive of their own, in order.
    pub(super) fn run_ons(&self) -> Vec<usize> {
        let meanings = self.meanings(0);
        let simple = meanings.iter().any(|word| !word.block);
        if !meanings.is_empty() && !simple {
            return Vec::new();
        }
        let refused = simple && !self.fits(0, self.words.len(), self.block);
        let mut found = Vec::new();
        let (mut end, mut block) = (self.words.len(), self.block);
        for index in (1..self.words.len()).rev() {
            if self.begins_line(index)
                && self.fits(index, end, block)
                && (refused || self.is_plain(index, end, block))
            {
                found.push(index);
                (end, block) = (index, false);
            }
        }
        // Where nginx takes the whole for one directive, what is left of it must still be one.
        if !refused && simple && !self.fits(0, end, false) {
            return Vec::new();
        }
        found.reverse();
        found
    }

    /// What the word at `index` can mean as a directive here.
    pub(super) fn meanings(&self, index: usize) -> Vec<&'static NginxWord> {
        let all = vocabulary::nginx(self.text(index));
        all.iter().filter(|word| word.contexts.meets(self.contexts)).collect()
    }

    /// Whether the words from `index` to `end` are a directive nginx would take.
    pub(super) fn fits(&self, index: usize, end: usize, block: bool) -> bool {
        let count = end - index - 1;
        self.meanings(index).iter().any(|word| {
            word.block == block && word.args.accepts(count) && self.value_fits(word, index + 1, end)
        })
    }

    /// Whether the arguments look like what the directive reads. `listen 443\n ssl http2;` is one
    /// directive, for `ssl` would be `on` or `off`.
    fn value_fits(&self, word: &NginxWord, first: usize, end: usize) -> bool {
        let mut texts = (first..end).map(|index| self.text(index));
        match word.value {
            Value::Flag => texts.all(|text| matches!(text, "on" | "off") || text.starts_with('$')),
            Value::OneOf(words) => texts.all(|text| words.split('/').any(|known| known == text)),
            Value::Size | Value::Offset | Value::Milliseconds | Value::Seconds | Value::Number => {
                texts.all(|text| text.starts_with(|first: char| first.is_ascii_digit() || first == '$'))
            }
            _ => true,
        }
    }

    /// Whether it is plain that a directive begins at `index` even though nginx would not refuse the
    /// whole: a line with a value of its own, or with `{`, is hardly one more value in a list.
    fn is_plain(&self, index: usize, end: usize, block: bool) -> bool {
        block || (index + 1 < end && !self.begins_line(index + 1))
    }

    /// Whether the bare word at `index` is the first on its line.
    pub(super) fn begins_line(&self, index: usize) -> bool {
        let word = self.words[index];
        let at = (word.span.lo - self.lexer.base) as usize;
        word.quote == Quote::None && layout::indent(self.lexer.text, at).is_some()
    }

    /// The word at `index` as it is written.
    pub(super) fn text(&self, index: usize) -> &str {
        let span = self.words[index].span;
        let base = self.lexer.base;
        &self.lexer.text[(span.lo - base) as usize..(span.hi - base) as usize]
    }
}
