//! `gwlint-baseline.toml`: how many findings of each rule a file had on the day it was written. Later runs show what is
//! beyond these counts.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml_edit::{Document, DocumentMut, Item, Table, value};

use crate::config::Invalid;
use crate::diagnostic::Diagnostic;
use crate::rule::Rule;
use crate::select;
use crate::session::Outcome;
use crate::source::{SourceMap, Span};
use crate::vfs::Disk;

/// The name of the file.
pub const FILE_NAME: &str = "gwlint-baseline.toml";

const HEAD: &str =
    "# Findings that are known, as counts by file and rule. `gwlint baseline` writes this file anew.\n";

/// A file, as the baseline names it, and a rule.
type Key = (String, String);

/// What is known.
#[derive(Debug, Default)]
pub struct Baseline {
    /// The file it was read from.
    pub path: PathBuf,
    /// The directory it is in, which names of files are relative to.
    directory: PathBuf,
    entries: BTreeMap<Key, Entry>,
}

/// How often a rule has something to say about a file.
#[derive(Debug, Clone, Copy)]
struct Entry {
    count: usize,
    /// Where the baseline says so.
    line: u32,
}

/// An entry that expects more than is found.
#[derive(Debug, PartialEq, Eq)]
pub struct Stale {
    /// Its line in the baseline.
    pub line: u32,
    /// The file it is about, as the baseline names it.
    pub file: String,
    /// The rule it is about.
    pub rule: String,
    /// How many findings it expects.
    pub expected: usize,
    /// How many there are.
    pub found: usize,
}

impl Baseline {
    /// Reads a baseline, which may name the rules in `all`.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn read(disk: &Disk, path: &Path, all: &[&'static Rule]) -> Result<Self, Invalid> {
        let bytes = disk.read(path).map_err(|error| Invalid::Unreadable(path.to_owned(), error))?;
        let mut sources = SourceMap::default();
        let Ok(id) = sources.add(path, bytes) else {
            return Err(Invalid::Unreadable(path.to_owned(), std::io::ErrorKind::FileTooLarge.into()));
        };
        let mut mistakes = Vec::new();
        let mut baseline =
            Self { path: path.to_owned(), directory: directory(disk, path), entries: BTreeMap::new() };
        let file = sources.file(id);
        match Document::parse(file.text.as_ref()) {
            Ok(document) => {
                for (name, item) in document.iter() {
                    let line = |at: Option<Range<usize>>| file.place(at.map_or(0, |at| at.start as u32)).line;
                    baseline.take_file(name, item, all, &line, &mut mistakes);
                }
            }
            Err(error) => {
                let message = format!("this is not TOML: {}", error.message());
                mistakes.push(mistake(error.span(), message, "here"));
            }
        }
        if mistakes.is_empty() { Ok(baseline) } else { Err(Invalid::Wrong(sources, mistakes)) }
    }

    /// Takes the counts of one file in.
    fn take_file(
        &mut self,
        name: &str,
        item: &Item,
        all: &[&'static Rule],
        line: &dyn Fn(Option<Range<usize>>) -> u32,
        mistakes: &mut Vec<Diagnostic>,
    ) {
        let Some(table) = item.as_table_like() else {
            let message = format!("`{name}` is a table of rules, such as [\"etc/nginx/nginx.conf\"]");
            return mistakes.push(mistake(item.span(), message, "of the wrong type"));
        };
        for (rule, item) in table.iter() {
            let at = table.key(rule).and_then(toml_edit::Key::span);
            let count = item.as_integer().and_then(|count| usize::try_from(count).ok());
            if let Err(unknown) = select::rule(all, rule) {
                let help = unknown.meant.as_ref().map(|meant| format!("did you mean `{meant}`?"));
                let help = help.unwrap_or_else(|| "`gwlint baseline` writes the file anew".to_owned());
                mistakes.push(mistake(at, unknown.to_string(), "not known").help(help));
            } else if let Some(count) = count.filter(|&count| count > 0) {
                let entry = Entry { count, line: line(at) };
                self.entries.insert((name.to_owned(), rule.to_owned()), entry);
            } else {
                let message = format!("the count of `{rule}` is a whole number from 1 on");
                mistakes.push(mistake(item.span(), message, "no count"));
            }
        }
    }

    /// Takes the findings that are known out of those to be shown. Which of several in a file are new, counts cannot
    /// tell: the last of them are left.
    pub fn take(&self, outcome: &mut Outcome) {
        if self.entries.is_empty() {
            return;
        }
        let mut left: BTreeMap<Key, usize> =
            self.entries.iter().map(|(key, entry)| (key.clone(), entry.count)).collect();
        let keys: Vec<Key> =
            outcome.findings.iter().map(|finding| key(&self.directory, outcome, finding)).collect();
        let findings = std::mem::take(&mut outcome.findings);
        for (finding, key) in findings.into_iter().zip(keys) {
            match left.get_mut(&key).filter(|left| **left > 0) {
                Some(left) => {
                    *left -= 1;
                    outcome.known.push(finding);
                }
                None => outcome.findings.push(finding),
            }
        }
    }

    /// The entries that expect more than was found by a rule that ran, in a file that was read or is no more.
    pub fn stale(&self, disk: &Disk, outcome: &Outcome, ran: &[&'static Rule]) -> Vec<Stale> {
        if self.entries.is_empty() || !outcome.workspace.unreadable.is_empty() {
            return Vec::new();
        }
        let mut known: BTreeMap<Key, usize> = BTreeMap::new();
        for finding in &outcome.known {
            *known.entry(key(&self.directory, outcome, finding)).or_default() += 1;
        }
        let asked: Vec<String> = outcome
            .workspace
            .files
            .iter()
            .filter(|file| file.asked)
            .map(|file| name(&self.directory, &file.real))
            .collect();
        let judged = |(file, rule): &Key| {
            let read = asked.contains(file) || disk.kind(&self.directory.join(file)).is_none();
            read && ran.iter().any(|ran| ran.name == rule)
        };
        let entries = self.entries.iter().filter(|(key, _)| judged(key));
        let stale = entries.filter_map(|(key, entry)| {
            let found = known.get(key).copied().unwrap_or(0);
            let (file, rule) = key.clone();
            let Entry { count, line } = *entry;
            (found < count).then_some(Stale { line, file, rule, expected: count, found })
        });
        stale.collect()
    }
}

/// The text of a baseline at `path` in which `findings` are known.
pub fn text<'a>(
    disk: &Disk,
    path: &Path,
    outcome: &Outcome,
    findings: impl Iterator<Item = &'a Diagnostic>,
) -> String {
    let directory = directory(disk, path);
    let mut counts: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for finding in findings {
        let (file, rule) = key(&directory, outcome, finding);
        *counts.entry(file).or_default().entry(rule).or_default() += 1;
    }
    let mut document = DocumentMut::new();
    for (file, rules) in counts {
        let mut table = Table::new();
        table.extend(rules.into_iter().map(|(rule, count)| (rule, value(count))));
        table.decor_mut().set_prefix("\n");
        document.insert(&file, Item::Table(table));
    }
    format!("{HEAD}{document}")
}

/// What a finding is known by in a baseline of a directory.
fn key(directory: &Path, outcome: &Outcome, finding: &Diagnostic) -> Key {
    let file = outcome.workspace.file(outcome.sources.file_id(finding.span()));
    (name(directory, &file.real), finding.rule.to_owned())
}

/// How a baseline in `directory` names a file: below it relative, elsewhere in full.
fn name(directory: &Path, real: &Path) -> String {
    real.strip_prefix(directory).unwrap_or(real).display().to_string()
}

/// The directory of a baseline, links resolved as they are in the names of files.
fn directory(disk: &Disk, baseline: &Path) -> PathBuf {
    let path = std::path::absolute(baseline).unwrap_or_else(|_| baseline.to_owned());
    disk.canonical(path.parent().unwrap_or(Path::new("/")))
}

fn mistake(at: Option<Range<usize>>, message: String, label: &str) -> Diagnostic {
    // The file is alone in its address space: its spans are offsets.
    let at = at.unwrap_or(0..0);
    Diagnostic::new(Span::new(at.start as u32, at.end as u32), message, label)
}
