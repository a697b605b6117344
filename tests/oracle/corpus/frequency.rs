//! How often each rule fires on the files of the corpus, each linted on its own as a user would.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use gwlint::diagnostic::Severity;
use gwlint::rules::ALL;
use gwlint::session::{Outcome, Request, Session};
use gwlint::tree::Dialect;
use gwlint::vfs::Disk;
use libtest_mimic::{Completion, Failed};
use rayon::prelude::*;

use super::record::folder;
use crate::random::Random;
use crate::table;

/// Rules that fire more often than this are looked at by a person; so many of their findings are drawn.
const LOOKED_AT: usize = 20;

/// What a person who looked at findings of a rule saw: rule, findings looked at, false ones among them.
const REVIEWED: &str = include_str!("reviewed.tsv");

/// One finding, as it is shown to who looks at it.
struct Shown {
    rule: &'static str,
    severity: Severity,
    path: String,
    text: String,
}

/// How often a rule fired.
#[derive(Default)]
struct Count<'a> {
    findings: Vec<&'a Shown>,
    files: BTreeSet<&'a str>,
}

/// Counts, writes samples to `target/oracle/samples`, and with `UPDATE_ORACLE` the table to docs/corpus.md.
pub(crate) fn count() -> Result<Completion, Failed> {
    let index = fs::read_to_string(folder().join("index.tsv")).unwrap_or_default();
    let files: Vec<(&str, Dialect)> = index.lines().skip(1).filter_map(entry).collect();
    if files.is_empty() {
        return Ok(Completion::ignored_with(format!(
            "left out: the corpus is not there: {}",
            folder().display()
        )));
    }
    let shown: Vec<Shown> = files
        .par_iter()
        .map(|(path, dialect)| findings(path, *dialect))
        .collect::<Result<Vec<_>, String>>()?
        .into_iter()
        .flatten()
        .collect();
    let mut counts: BTreeMap<&str, Count<'_>> = BTreeMap::new();
    for one in &shown {
        let count = counts.entry(one.rule).or_default();
        count.findings.push(one);
        count.files.insert(&one.path);
    }
    samples(&counts)?;
    if std::env::var_os("UPDATE_ORACLE").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/corpus.md");
        fs::write(&path, page(&counts, files.len())).map_err(|error| error.to_string())?;
    }
    unreviewed(&counts)
}

fn entry(line: &str) -> Option<(&str, Dialect)> {
    let mut fields = line.split('\t');
    let path = fields.next()?;
    let dialect = match fields.next()? {
        "nginx" => Dialect::Nginx,
        "apache" => Dialect::Apache,
        "fpm" => Dialect::Fpm,
        "phpini" => Dialect::Php,
        _ => return None,
    };
    Some((path, dialect))
}

fn findings(path: &str, dialect: Dialect) -> Result<Vec<Shown>, String> {
    let bytes = fs::read(folder().join("files").join(path)).map_err(|error| format!("{path}: {error}"))?;
    let file = PathBuf::from("/repository").join(path);
    let disk = Disk::memory([(file.clone(), bytes)]);
    let request =
        Request { paths: vec![file], rules: ALL.to_vec(), dialect: Some(dialect), ..Request::default() };
    let outcome = Session { request, disk }.lint().map_err(|failure| format!("{path}: {failure}"))?;
    Ok(outcome.findings.iter().map(|finding| shown(&outcome, finding, path)).collect())
}

fn shown(outcome: &Outcome, finding: &gwlint::diagnostic::Diagnostic, path: &str) -> Shown {
    let file = outcome.sources.file_of(finding.span());
    let line = file.place(finding.span().lo).line as usize;
    let mut text = format!("{path}:{line}: {}: {}\n", finding.severity.word(), finding.message);
    for (number, source) in file.text.lines().enumerate().skip(line.saturating_sub(4)).take(7) {
        let mark = if number + 1 == line { '>' } else { ' ' };
        let _ = writeln!(text, "  {mark} {} | {}", number + 1, source.chars().take(160).collect::<String>());
    }
    Shown { rule: finding.rule, severity: finding.severity, path: path.to_owned(), text }
}

/// Writes findings of each rule that fires often, drawn at random but always the same.
fn samples(counts: &BTreeMap<&str, Count<'_>>) -> Result<(), String> {
    let folder = table::folder().join("samples");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for (rule, count) in counts {
        let mut left: Vec<&Shown> = count.findings.clone();
        let mut random = Random::new(rule, 0);
        let mut text = String::new();
        while !left.is_empty() && text.matches("\n\n").count() < LOOKED_AT {
            let one = left.swap_remove(random.below(left.len()));
            let _ = writeln!(text, "{}", one.text);
        }
        let path = folder.join(format!("{}.txt", rule.replace('/', "--")));
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// What was seen when findings of a rule were looked at.
fn reviewed(rule: &str) -> Option<(usize, usize)> {
    let line = REVIEWED.lines().find(|line| line.split('\t').next() == Some(rule))?;
    let mut fields = line.split('\t').skip(1).map(|field| field.parse().ok());
    Some((fields.next()??, fields.next()??))
}

/// Fails where a loud rule that fires often was not looked at, or was wrong more than once in twenty.
fn unreviewed(counts: &BTreeMap<&str, Count<'_>>) -> Result<Completion, Failed> {
    let mut faults = Vec::new();
    for (rule, count) in counts {
        let loud = count.findings.iter().any(|one| one.severity > Severity::Hint);
        match reviewed(rule) {
            Some((looked, wrong)) if loud && wrong * LOOKED_AT > looked => {
                faults.push(format!("{rule}: {wrong} of {looked} findings were false"));
            }
            None if count.findings.len() > LOOKED_AT => faults.push(format!("{rule}: was not looked at")),
            _ => {}
        }
    }
    if faults.is_empty() { Ok(Completion::Completed) } else { Err(faults.join("\n").into()) }
}

fn page(counts: &BTreeMap<&str, Count<'_>>, files: usize) -> String {
    let mut text = include_str!("frequency.md").replace("FILES", &files.to_string());
    text += "| rule | errors | warnings | hints | files | findings per 1,000 files | looked at | false |\n";
    text += "|-|-|-|-|-|-|-|-|\n";
    for (rule, count) in counts {
        let of = |severity| count.findings.iter().filter(|one| one.severity == severity).count();
        let tenths = count.findings.len() * 10_000 / files;
        let rate = format!("{}.{}", tenths / 10, tenths % 10);
        let (looked, wrong) = reviewed(rule).map_or_else(<(String, String)>::default, |(looked, wrong)| {
            (looked.to_string(), wrong.to_string())
        });
        let _ = writeln!(
            text,
            "| {rule} | {} | {} | {} | {} | {rate} | {looked} | {wrong} |",
            of(Severity::Error),
            of(Severity::Warning),
            of(Severity::Hint),
            count.files.len(),
        );
    }
    text
}
