//! Breaks accepted files, asks the server, asks gwlint, and compares.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gwlint::diagnostic::Severity;
use rayon::prelude::*;

use crate::base::Base;
use crate::exceptions;
use crate::linter::{self, Finding};
use crate::mutate::{Mutant, mutate};
use crate::server::Server;
use crate::verdict::Verdict;

/// So many changes are tried before a number is given up: many concern the machine, not the text.
const TRIES: usize = 8;

/// A file counts for no more lines than this.
const MOST_LINES: usize = 100;

/// A changed file and what was said of it.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) base: String,
    pub(crate) path: PathBuf,
    pub(crate) kind: &'static str,
    /// The changed lines, with their numbers.
    pub(crate) lines: Vec<(usize, String)>,
    pub(crate) verdict: Verdict,
    pub(crate) findings: Vec<Finding>,
    /// Why gwlint differs and is right, where it does.
    pub(crate) exception: Option<&'static str>,
}

impl Case {
    /// Whether gwlint says that it cannot be.
    pub(crate) fn is_error(&self) -> bool {
        self.refusals().next().is_some()
    }

    /// The findings that count: errors; of a php.ini, with which PHP always starts, what PHP complains of
    /// may be told as a warning.
    fn refusals(&self) -> impl Iterator<Item = &Finding> {
        let php = self.path.extension().is_some_and(|extension| extension == "ini");
        let least = if php && !self.verdict.accepts { Severity::Warning } else { Severity::Error };
        self.findings.iter().filter(move |finding| finding.severity >= least)
    }

    pub(crate) fn agrees(&self) -> bool {
        self.is_error() != self.verdict.accepts || self.exception.is_some()
    }

    /// Whether an error stands where the server saw it, or where the file was changed.
    pub(crate) fn is_placed(&self) -> bool {
        let changed = |finding: &Finding| {
            finding.path == self.path && self.lines.iter().any(|(line, _)| *line == finding.line)
        };
        let place = self.verdict.place.as_ref();
        let same = |finding: &Finding| {
            place.is_some_and(|(path, line)| finding.path == *path && finding.line == *line)
        };
        self.refusals().any(|finding| changed(finding) || same(finding))
    }
}

/// What became of a server's bases and mutants.
#[derive(Debug, Default)]
pub(crate) struct Trial {
    pub(crate) cases: Vec<Case>,
    /// The bases that were changed.
    pub(crate) bases: usize,
    /// Bases the server does not accept here, and why.
    pub(crate) left_out: Vec<String>,
    /// Errors in accepted, unchanged files.
    pub(crate) false_errors: Vec<String>,
}

/// Asks about `count` mutants.
pub(crate) fn run(server: Server, bases: Vec<Base>, count: usize) -> Result<Trial, String> {
    let judged: Vec<(Base, Verdict, Vec<Finding>)> = bases
        .into_par_iter()
        .map(|base| {
            let verdict = server.ask(&base)?;
            let findings = linter::lint(&base).map_err(|error| format!("{}: {error}", base.name))?;
            Ok((base, verdict, findings))
        })
        .collect::<Result<_, String>>()?;
    let mut trial = Trial::default();
    let mut accepted: Vec<Changeable> = Vec::new();
    for (base, verdict, findings) in judged {
        if !verdict.accepts {
            trial.left_out.push(format!("{}: {}", base.name, verdict.message));
            continue;
        }
        if exceptions::in_corpus(&base.name).is_some() {
            continue;
        }
        let errors: Vec<String> = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| format!("{}: {finding}", base.name))
            .collect();
        if errors.is_empty() {
            trial.bases += 1;
            let base = Arc::new(base);
            let paths = base.changeable().into_iter();
            accepted.extend(paths.map(|path| Changeable::new(Arc::clone(&base), path)));
        }
        trial.false_errors.extend(errors);
    }
    let numbers = share_out(&accepted, count);
    if !accepted.is_empty() {
        let cases: Vec<Option<Case>> = numbers
            .into_par_iter()
            .map(|(index, number)| case(server, &accepted[index], number))
            .collect::<Result<_, String>>()?;
        trial.cases = cases.into_iter().flatten().collect();
    }
    Ok(trial)
}

/// A file to change, and the configuration it is part of.
struct Changeable {
    base: Arc<Base>,
    path: PathBuf,
    /// How many lines of it say something: a long file is changed more often than a short one.
    lines: usize,
}

impl Changeable {
    fn new(base: Arc<Base>, path: PathBuf) -> Self {
        let text = base.files.get(&path).map(String::as_str).unwrap_or_default();
        let says = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with(['#', ';']);
        let lines = text.lines().filter(says).count().min(MOST_LINES);
        Self { base, path, lines }
    }
}

/// Which file each of `count` mutants is of, and its number among those of that file.
fn share_out(files: &[Changeable], count: usize) -> Vec<(usize, usize)> {
    let lines: usize = files.iter().map(|file| file.lines).sum();
    // As many as belong to the lines so far.
    let until = |so_far: usize| count * so_far / lines.max(1);
    let mut shares = Vec::with_capacity(count);
    let mut so_far = 0;
    for (index, file) in files.iter().enumerate() {
        let of_file = until(so_far + file.lines) - until(so_far);
        so_far += file.lines;
        shares.extend((0..of_file).map(|number| (index, number)));
    }
    shares
}

/// Mutant number `number` of a file; `None` where no change concerns the text.
fn case(server: Server, file: &Changeable, number: usize) -> Result<Option<Case>, String> {
    let Changeable { base, path, .. } = file;
    let name = format!("{}:{}", base.name, path.display());
    let Some(text) = base.files.get(path) else { return Ok(None) };
    for attempt in 0..TRIES {
        let seed = (number + first_number()) * TRIES + attempt;
        let Some(mutant) = mutate(&name, seed, text, server.dialect()) else { continue };
        let changed = Base::clone(base).with(path, mutant.text.clone());
        let verdict = server.ask(&changed)?;
        if verdict.about_machine {
            continue;
        }
        let findings = linter::lint(&changed).map_err(|error| format!("{name}, change {seed}: {error}"))?;
        return Ok(Some(finish(base, path, mutant, verdict, findings)));
    }
    Ok(None)
}

/// Where the numbers of each file begin: `GWLINT_MUTANTS_FROM`. Other numbers are other changes.
fn first_number() -> usize {
    env::var("GWLINT_MUTANTS_FROM").ok().and_then(|from| from.parse().ok()).unwrap_or(0)
}

fn finish(base: &Base, path: &Path, mutant: Mutant, verdict: Verdict, findings: Vec<Finding>) -> Case {
    let Mutant { kind, text, lines } = mutant;
    let texts: Vec<&str> = text.split('\n').collect();
    let shown = |line: usize| (line, texts.get(line - 1).copied().unwrap_or_default().trim_end().to_owned());
    let mut case = Case {
        base: base.name.clone(),
        path: path.to_path_buf(),
        kind,
        lines: lines.into_iter().map(shown).collect(),
        verdict,
        findings,
        exception: None,
    };
    if !case.agrees() {
        case.exception = exceptions::why(&case);
    }
    case
}
