//! Whether a fix did harm.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::diagnostic::Severity;
use crate::session::Outcome;

use super::Why;
use super::choose::{Candidate, Key};

/// What was found, counted.
#[derive(Debug)]
pub(super) struct Tally {
    /// Errors of syntax by file; every file that was read has an entry.
    syntax: BTreeMap<PathBuf, usize>,
    /// Findings.
    findings: BTreeMap<Key, usize>,
    /// Findings that are errors.
    errors: BTreeMap<(&'static str, PathBuf), usize>,
}

impl Tally {
    pub(super) fn of(outcome: &Outcome) -> Self {
        let files = outcome.workspace.files.iter();
        let syntax = files.map(|file| (file.real.clone(), file.tree.errors.len())).collect();
        let mut tally = Self { syntax, findings: BTreeMap::new(), errors: BTreeMap::new() };
        for finding in &outcome.findings {
            let key = Key::of(outcome, finding);
            if finding.severity == Severity::Error {
                *tally.errors.entry((key.rule, key.real.clone())).or_default() += 1;
            }
            *tally.findings.entry(key).or_default() += 1;
        }
        tally
    }

    /// What harm the fixes `made` did between `before` and this.
    pub(super) fn harm(&self, before: &Self, made: &[Candidate]) -> Option<Why> {
        if let Some(path) = self.new_syntax_error(before) {
            return Some(Why::Syntax(path.to_path_buf()));
        }
        if self.still_finds(before, made) {
            return Some(Why::StillThere);
        }
        self.new_error(before, made.len() == 1).map(Why::Error)
    }

    /// A file with more syntax errors than before. Files that were not read before were broken before.
    fn new_syntax_error(&self, before: &Self) -> Option<&Path> {
        let grown =
            |(path, count): &(&PathBuf, &usize)| before.syntax.get(*path).is_some_and(|had| had < count);
        self.syntax.iter().find(grown).map(|(path, _)| path.as_path())
    }

    /// Whether the fixes took away fewer findings of some kind than they are.
    fn still_finds(&self, before: &Self, made: &[Candidate]) -> bool {
        let mut fixes: BTreeMap<&Key, usize> = BTreeMap::new();
        for candidate in made {
            *fixes.entry(&candidate.key).or_default() += 1;
        }
        let count = |tally: &Self, key| tally.findings.get(key).copied().unwrap_or(0);
        fixes.into_iter().any(|(key, fixes)| {
            // A fix made before may have taken away the finding of this one too.
            let left = count(self, key);
            left > 0 && left + fixes > count(before, key)
        })
    }

    /// A rule that reports errors which were not there before.
    ///
    /// To repair one fault may uncover the next on the same way: a socket that is found can be one
    /// that nginx may not open. So a fix `alone` may exchange an error for another. And what comes to
    /// light where a syntax error is gone, or in a file that is read only now, was there before.
    fn new_error(&self, before: &Self, alone: bool) -> Option<&'static str> {
        let syntax = |tally: &Self| tally.syntax.values().sum::<usize>();
        if syntax(self) < syntax(before) {
            return None;
        }
        let known = self.errors.iter().filter(|((_, path), _)| before.syntax.contains_key(path));
        let had = |kind| before.errors.get(kind).copied().unwrap_or(0);
        let grown = known.clone().find(|&(kind, &count)| count > had(kind)).map(|((rule, _), _)| *rule)?;
        let total: usize = known.map(|(_, count)| count).sum();
        let fewer = total <= before.errors.values().sum();
        (!(alone && fewer)).then_some(grown)
    }
}
