//! `--fix --interactive`: each repair is shown and asked about.

use std::collections::HashSet;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::{Stop, Terminal, output};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::session::{Failure, Outcome};
use crate::vfs::Disk;
use crate::{diff, fix, report};

/// A finding, without its place, which other repairs move.
type Key = (&'static str, PathBuf, String);

/// The repairs that are wanted.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    findings: HashSet<Key>,
    /// Those of these rules are.
    rules: HashSet<&'static str>,
}

/// What can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    /// This one and all others of the rule.
    Rule,
    /// No more questions.
    Quit,
}

impl Chosen {
    /// Takes away the fixes that are not wanted.
    pub(super) fn keep(&self, mut outcome: Outcome) -> Outcome {
        let wanted: Vec<bool> =
            outcome.findings.iter().map(|finding| self.wants(&key(&outcome, finding))).collect();
        for (finding, wanted) in outcome.findings.iter_mut().zip(wanted) {
            if !wanted {
                finding.fix = None;
            }
        }
        outcome
    }

    fn wants(&self, key: &Key) -> bool {
        self.rules.contains(key.0) || self.findings.contains(key)
    }
}

fn key(outcome: &Outcome, finding: &Diagnostic) -> Key {
    let file = outcome.workspace.file(outcome.sources.file_id(finding.span()));
    (finding.rule, file.real.clone(), finding.message.clone())
}

/// Asks about each repair that could be made.
pub(super) fn choose(
    lint: &dyn Fn(&Disk) -> Result<Outcome, Failure>,
    disk: &Disk,
    allowed: Applicability,
    terminal: Terminal,
) -> Result<Chosen, Stop> {
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        return Err(Stop::Usage("--interactive asks on a terminal, and this is none".to_owned()));
    }
    let here = std::env::current_dir().map_err(Stop::NoDirectory)?;
    let outcome = lint(disk).map_err(Stop::Lint)?;
    let (mut chosen, mut asked) = (Chosen::default(), HashSet::new());
    for finding in outcome.findings.iter().filter(|finding| may_be_made(finding, allowed)) {
        let key = key(&outcome, finding);
        if chosen.wants(&key) || !asked.insert(key.clone()) {
            continue;
        }
        let alone = Chosen { findings: HashSet::from([key.clone()]), ..Chosen::default() };
        let lint_alone = |disk: &Disk| lint(disk).map(|outcome| alone.keep(outcome));
        let repair = fix::converge_with(disk, allowed, &lint_alone).map_err(Stop::Lint)?;
        // One that would be dropped is nothing to ask about.
        if repair.files.is_empty() {
            continue;
        }
        show(&outcome, finding, &repair.files, &here, terminal)?;
        match ask(finding.rule).map_err(Stop::Output)? {
            Answer::Yes => drop(chosen.findings.insert(key)),
            Answer::Rule => drop(chosen.rules.insert(finding.rule)),
            Answer::No => {}
            Answer::Quit => break,
        }
    }
    Ok(chosen)
}

fn may_be_made(finding: &Diagnostic, allowed: Applicability) -> bool {
    finding.fix.as_ref().is_some_and(|fix| fix.applicability <= allowed && !fix.edits.is_empty())
}

/// Prints a finding and what its repair changes.
fn show(
    outcome: &Outcome,
    finding: &Diagnostic,
    files: &[fix::Patched],
    here: &Path,
    terminal: Terminal,
) -> Result<(), Stop> {
    output(|mut to| {
        report::print_one(&outcome.sources, finding, terminal, &mut to)?;
        diff::write(&mut to, files, here)
    })
}

/// Asks until the answer is one.
fn ask(rule: &str) -> io::Result<Answer> {
    loop {
        print!("Repair it? [y]es, [n]o, [a]ll of {rule}, [q]uit: ");
        io::stdout().flush()?;
        let mut line = String::new();
        // The end of the input is an answer, too.
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Ok(Answer::Quit);
        }
        if let Some(answer) = read(&line) {
            return Ok(answer);
        }
    }
}

fn read(line: &str) -> Option<Answer> {
    match line.trim() {
        "y" | "yes" => Some(Answer::Yes),
        "n" | "no" => Some(Answer::No),
        "a" | "all" => Some(Answer::Rule),
        "q" | "quit" => Some(Answer::Quit),
        _ => None,
    }
}
