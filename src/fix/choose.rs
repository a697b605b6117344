//! Which fixes are made together.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix};
use crate::session::Outcome;
use crate::source::Span;

use super::{Applied, Dropped};

/// What a finding is known by when its place may have moved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) rule: &'static str,
    pub(super) real: PathBuf,
    message: String,
}

impl Key {
    pub(super) fn of(outcome: &Outcome, finding: &Diagnostic) -> Self {
        let id = outcome.sources.file_id(finding.span());
        let real = outcome.workspace.file(id).real.clone();
        Self { rule: finding.rule, real, message: finding.message.clone() }
    }
}

/// A fix that may be made.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) fix: Fix,
    /// The finding it repairs, without its place.
    pub(super) key: Key,
    pub(super) identity: Identity,
    /// Where the finding is.
    span: Span,
}

impl Candidate {
    fn new(outcome: &Outcome, finding: &Diagnostic, fix: &Fix) -> Self {
        let key = Key::of(outcome, finding);
        let replaced = |edit: &Edit| (outcome.sources.text(edit.span).to_owned(), edit.text.clone());
        let edits = fix.edits.iter().map(replaced).collect();
        let identity = Identity { key: key.clone(), title: fix.title.clone(), edits };
        Self { fix: fix.clone(), key, identity, span: finding.span() }
    }

    /// How it is named in the account of the run; `outcome` is the one it was found in.
    pub(super) fn applied(&self, outcome: &Outcome) -> Applied {
        let file = outcome.sources.file_of(self.span);
        Applied {
            rule: self.key.rule,
            title: self.fix.title.clone(),
            path: file.path.clone(),
            place: file.place(self.span.lo),
        }
    }
}

/// What a fix is known by from one pass to the next, in which every offset may have moved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity {
    key: Key,
    title: String,
    /// What each edit replaces, and by what.
    edits: Vec<(String, String)>,
}

/// The fixes `allow` allows, in the order of the findings.
pub(super) fn candidates(
    outcome: &Outcome,
    allow: Applicability,
    barred: &BTreeMap<Identity, Dropped>,
) -> Vec<Candidate> {
    let allowed = |fix: &Fix| match fix.applicability {
        Applicability::Safe => true,
        Applicability::Unsafe => allow >= Applicability::Unsafe,
        Applicability::Display => false,
    };
    let fixable = outcome.findings.iter().filter_map(|finding| {
        let fix = finding.fix.as_ref().filter(|&fix| allowed(fix) && !fix.edits.is_empty())?;
        Some(Candidate::new(outcome, finding, fix))
    });
    fixable.filter(|candidate| !barred.contains_key(&candidate.identity)).collect()
}

/// The fixes that can be made in one pass: of two that touch, the later waits for the next pass.
pub(super) fn compatible(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let (mut taken, mut added) = (Taken::default(), Added::default());
    let mut fits = |candidate: &Candidate| added.allows(candidate) && taken.take(&candidate.fix.edits);
    candidates.into_iter().filter(|candidate| fits(candidate)).collect()
}

/// What lines the fixes chosen so far add to each file, and which edit of which rule does. Two rules that miss the
/// same directive would write it twice, with which nginx answers 400 or does not start: the later waits, and looks
/// again.
#[derive(Debug, Default)]
struct Added(HashMap<(PathBuf, String), (&'static str, Edit)>);

impl Added {
    /// Whether no other rule adds such a line elsewhere; from now on this one does.
    fn allows(&mut self, candidate: &Candidate) -> bool {
        let Key { rule, real, .. } = &candidate.key;
        let insertions = candidate.fix.edits.iter().filter(|edit| edit.span.is_empty());
        let lines: Vec<_> = insertions
            .flat_map(|edit| edit.text.lines().filter_map(subject).map(move |line| (line, edit)))
            .map(|(line, edit)| ((real.clone(), line), (*rule, edit.clone())))
            .collect();
        let fits = |(line, (rule, edit)): &(_, (_, _))| {
            self.0.get(line).is_none_or(|(other, same)| other == rule || same == edit)
        };
        let free = lines.iter().all(fits);
        if free {
            self.0.extend(lines);
        }
        free
    }
}

/// What a line sets: its directive, with the name where it has a name and a value.
fn subject(line: &str) -> Option<String> {
    let mut words = line.trim().trim_end_matches(';').split_whitespace();
    let directive = words.next().filter(|word| word.starts_with(char::is_alphanumeric))?;
    let (name, value) = (words.next(), words.next());
    Some(match name.zip(value) {
        Some((name, _)) => format!("{directive} {name}"),
        None => directive.to_owned(),
    })
}

/// The edits chosen so far, by where they begin. They do not overlap, but for insertions that one fix
/// makes at one place.
#[derive(Debug, Default)]
struct Taken(BTreeMap<Span, Vec<String>>);

impl Taken {
    /// Takes all of `edits`, or none when one of them is in the way of an edit of another fix.
    fn take(&mut self, edits: &[Edit]) -> bool {
        if edits.iter().any(|edit| self.in_the_way(edit)) {
            return false;
        }
        for edit in edits {
            self.0.entry(edit.span).or_default().push(edit.text.clone());
        }
        true
    }

    fn in_the_way(&self, edit: &Edit) -> bool {
        if let Some(texts) = self.0.get(&edit.span) {
            // The same edit proposed twice is made once.
            return !texts.iter().all(|text| *text == edit.text);
        }
        // Only neighbours can touch: taken spans are disjoint and sorted.
        let before = self.0.range(..edit.span).next_back();
        let after = self.0.range(edit.span..).next();
        before.into_iter().chain(after).any(|(&span, _)| touch(span, edit.span))
    }
}

/// Whether the order of two different edits would matter: they overlap, or one inserts at a border of
/// the other.
fn touch(a: Span, b: Span) -> bool {
    if a.is_empty() || b.is_empty() { a.lo <= b.hi && b.lo <= a.hi } else { a.lo < b.hi && b.lo < a.hi }
}
