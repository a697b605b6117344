//! Repairs: choose fixes, splice them into the texts, lint again, until nothing is left to do.
//!
//! Nothing here touches the disk of the user. Patched texts are laid over the [`Disk`] of the session
//! and go through the whole pipeline again, so that each fix is judged by what it makes of the stack:
//! one that adds a syntax error or an error, leaves its finding standing or undoes another fix is
//! dropped and named. What comes out is a [`Repair`]: bytes before, bytes after.

mod choose;
mod judge;
mod pursue;
mod splice;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::diagnostic::Applicability;
use crate::session::{Failure, Outcome, Session};
use crate::source::Place;
use crate::vfs::Disk;

use choose::{Candidate, Identity};
use judge::Tally;

/// Fixes that wait for others, and fixes of what others uncover, get this many chances.
const PASSES: usize = 10;

/// A file and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patched {
    /// The path it was reached by; for messages.
    pub path: PathBuf,
    /// The one name of it, links resolved: where it is written.
    pub real: PathBuf,
    /// Its bytes as they were read.
    pub before: Vec<u8>,
    /// Its bytes with all fixes made.
    pub after: Vec<u8>,
}

/// A fix that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The rule that proposed it.
    pub rule: &'static str,
    /// What it does.
    pub title: String,
    /// The file of the finding.
    pub path: PathBuf,
    /// Where the finding was, in the text of the pass that repaired it.
    pub place: Place,
}

/// A fix that was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The fix.
    pub fix: Applied,
    /// Why it was not made.
    pub why: Why,
}

/// Why a fix was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It would write a file that is not below the root.
    OutsideRoot(PathBuf),
    /// The file is not UTF-8 and cannot hold what the fix writes.
    Encoding(PathBuf),
    /// Its edits overlap or lie outside the file: an error in the rule.
    Edits,
    /// The file has a syntax error more afterwards.
    Syntax(PathBuf),
    /// There are more errors afterwards; a rule that reports a new one.
    Error(&'static str),
    /// What it should repair is found again afterwards.
    StillThere,
    /// It leads back to a text that other fixes led away from.
    Circle,
    /// It still waited for other fixes when the last pass was over.
    Passes,
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OutsideRoot(path) => write!(f, "{} is outside the root", path.display()),
            Self::Encoding(path) => write!(f, "{} is not UTF-8 and cannot hold its text", path.display()),
            Self::Edits => f.write_str("its edits do not fit the text"),
            Self::Syntax(path) => write!(f, "it would add a syntax error to {}", path.display()),
            Self::Error(rule) => write!(f, "it would add an error ({rule})"),
            Self::StillThere => f.write_str("the finding would still be there"),
            Self::Circle => f.write_str("it undoes other fixes"),
            Self::Passes => write!(f, "it is still not settled after {PASSES} passes"),
        }
    }
}

/// All that is to be written, and how it came about.
#[derive(Debug)]
pub struct Repair {
    /// The files that change, sorted by [`Patched::real`].
    pub files: Vec<Patched>,
    /// The fixes made, in the order they were made.
    pub applied: Vec<Applied>,
    /// The fixes that were allowed and not made.
    pub dropped: Vec<Dropped>,
    /// What a run over the patched files finds.
    pub outcome: Outcome,
}

/// Makes all fixes `allow` allows, in memory.
///
/// # Errors
/// The [`Failure`] of [`Session::lint`].
pub fn converge(session: &Session, allow: Applicability) -> Result<Repair, Failure> {
    let lint = |disk: &Disk| Session { request: session.request.clone(), disk: disk.clone() }.lint();
    converge_with(&session.disk, allow, &lint)
}

/// [`converge`] over any way to lint a disk.
///
/// # Errors
/// Those of `lint`.
pub fn converge_with(
    disk: &Disk,
    allow: Applicability,
    lint: &dyn Fn(&Disk) -> Result<Outcome, Failure>,
) -> Result<Repair, Failure> {
    let mut run = Run {
        disk,
        allow,
        lint,
        outcome: lint(disk)?,
        patches: Patches::new(),
        seen: vec![Patches::new()],
        barred: BTreeMap::new(),
        hopeless: BTreeSet::new(),
        applied: Vec::new(),
    };
    run.passes()?;
    run.pursue_all()?;
    Ok(run.finish())
}

/// Files that differ from those on the disk, by real path.
type Patches = BTreeMap<PathBuf, Patched>;

/// The loop in motion.
struct Run<'a> {
    disk: &'a Disk,
    allow: Applicability,
    lint: &'a dyn Fn(&Disk) -> Result<Outcome, Failure>,
    /// What was found in the text as it is now.
    outcome: Outcome,
    /// The text as it is now.
    patches: Patches,
    /// The texts after each pass, to notice a circle.
    seen: Vec<Patches>,
    /// Fixes not to be tried again.
    barred: BTreeMap<Identity, Dropped>,
    /// Those of them that no other fixes help.
    hopeless: BTreeSet<Identity>,
    applied: Vec<Applied>,
}

/// The text with some fixes of a pass made, and what was found in it.
struct Trial {
    patches: Patches,
    /// Nothing was linted yet for the empty trial.
    outcome: Option<Outcome>,
    tally: Tally,
    /// The fixes made.
    made: Vec<Candidate>,
}

impl Run<'_> {
    /// Makes fixes until none is left to try.
    fn passes(&mut self) -> Result<(), Failure> {
        let mut pass = 0;
        while let Some(chosen) = self.choose() {
            if pass == PASSES {
                self.give_up();
                break;
            }
            self.pass(chosen)?;
            pass += 1;
        }
        Ok(())
    }

    /// The fixes to try next.
    fn choose(&self) -> Option<Vec<Candidate>> {
        let candidates = choose::candidates(&self.outcome, self.allow, &self.barred);
        let chosen = choose::compatible(candidates);
        (!chosen.is_empty()).then_some(chosen)
    }

    /// Makes what holds of `chosen` and drops the rest.
    fn pass(&mut self, chosen: Vec<Candidate>) -> Result<(), Failure> {
        let tally = Tally::of(&self.outcome);
        let empty = Trial { patches: self.patches.clone(), outcome: None, tally, made: Vec::new() };
        let done = self.settle(empty, chosen)?;
        if let Some(outcome) = done.outcome {
            self.applied.extend(done.made.iter().map(|candidate| candidate.applied(&self.outcome)));
            self.outcome = outcome;
            self.seen.push(done.patches.clone());
            self.patches = done.patches;
        }
        Ok(())
    }

    /// Adds to `base` those of `group` that do no harm. A group that does is halved until the
    /// guilty stand alone, so that one bad fix among thousands costs few runs.
    fn settle(&mut self, base: Trial, mut group: Vec<Candidate>) -> Result<Trial, Failure> {
        match self.attempt(&base, &group)? {
            Ok(trial) => Ok(trial),
            Err(_) if group.len() > 1 => {
                let rest = group.split_off(group.len() / 2);
                let base = self.settle(base, group)?;
                self.settle(base, rest)
            }
            Err(why) => {
                for candidate in group {
                    self.bar(&candidate, why.clone());
                }
                Ok(base)
            }
        }
    }

    /// The text with the fixes of `base` and `group` made, unless that does harm.
    fn attempt(&self, base: &Trial, group: &[Candidate]) -> Result<Result<Trial, Why>, Failure> {
        let made: Vec<Candidate> = base.made.iter().chain(group).cloned().collect();
        let patches = match splice::patch(&self.outcome, self.disk, &self.patches, &made) {
            Ok(patches) => patches,
            Err(why) => return Ok(Err(why)),
        };
        if patches == self.patches {
            return Ok(Err(Why::StillThere));
        }
        if self.seen.contains(&patches) {
            return Ok(Err(Why::Circle));
        }
        let overlay = patches.values().map(|file| (file.real.clone(), file.after.clone()));
        let outcome = (self.lint)(&self.disk.with(overlay))?;
        let tally = Tally::of(&outcome);
        let harm = tally.harm(&base.tally, group);
        Ok(match harm {
            Some(why) => Err(why),
            None => Ok(Trial { patches, outcome: Some(outcome), tally, made }),
        })
    }

    /// Names a fix as not made, and never tries it again.
    fn bar(&mut self, candidate: &Candidate, why: Why) {
        let dropped = Dropped { fix: candidate.applied(&self.outcome), why };
        self.barred.insert(candidate.identity.clone(), dropped);
    }

    /// Names what is left after the last pass.
    fn give_up(&mut self) {
        for candidate in choose::candidates(&self.outcome, self.allow, &self.barred) {
            self.bar(&candidate, Why::Passes);
        }
    }

    fn finish(self) -> Repair {
        Repair {
            files: self.patches.into_values().collect(),
            applied: self.applied,
            dropped: self.barred.into_values().collect(),
            outcome: self.outcome,
        }
    }
}
