//! The public corpus in `../shared/corpus` and the verdicts of real servers that are recorded beside it.

mod frequency;
mod record;

pub(crate) use frequency::count as frequency;

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use gwlint::diagnostic::Severity;
use libtest_mimic::{Completion, Failed};
use rayon::prelude::*;

use crate::base::Base;
use crate::exceptions;
use crate::linter::Finding;
use crate::server::Server;
use crate::table;

use record::{Recorded, folder, recorded};

/// Accepted files of the corpus, to be changed; the server here has to accept them, too.
pub(crate) fn bases(server: Server) -> Vec<Base> {
    let files = recorded(server).into_iter();
    let small = files.filter(|file| file.is_accepted() && (60..12_000).contains(&file.text.len()));
    // In `types` and `map` any words are data: what was accepted there need not be nginx at all.
    let small = small.filter(|file| !file.is_data());
    // Files that name replaced characters, or code, are for others.
    small.filter(|file| !file.text.contains('\u{fffd}')).filter_map(|file| file.base(server)).collect()
}

/// Compares what gwlint says of each file with what is recorded.
pub(crate) fn judge(server: Server) -> Result<Completion, Failed> {
    let files = recorded(server);
    if files.is_empty() {
        return Ok(Completion::ignored_with(format!(
            "left out: the corpus is not there: {}",
            folder().display()
        )));
    }
    let judged: Vec<(Recorded, Vec<Finding>)> = files
        .into_par_iter()
        .map(|file| {
            let findings = file.findings(server).map_err(|error| format!("{}: {error}", file.path))?;
            Ok((file, findings))
        })
        .collect::<Result<_, String>>()?;
    let report = Report::of(judged);
    report.write(server)?;
    if !report.false_errors.is_empty() {
        return Err(format!("errors in accepted files:\n{}", report.false_errors.join("\n")).into());
    }
    if !report.missed.is_empty() {
        return Err(format!("refused files without an error:\n{}", report.missed.join("\n")).into());
    }
    if !report.elsewhere.is_empty() {
        return Err(
            format!("errors on another line than the server's:\n{}", report.elsewhere.join("\n")).into()
        );
    }
    Ok(Completion::Completed)
}

/// What came of it.
#[derive(Default)]
struct Report {
    accepted: usize,
    refused: usize,
    found: usize,
    on_the_line: usize,
    /// Errors in accepted files that no exception explains.
    false_errors: Vec<String>,
    /// Refused files without an error.
    missed: Vec<String>,
    /// Refused files without an error, for a known reason.
    unseen: Vec<String>,
    /// Errors on another line, which is the better one.
    better: Vec<String>,
    elsewhere: Vec<String>,
    excused: Vec<String>,
}

impl Report {
    fn of(judged: Vec<(Recorded, Vec<Finding>)>) -> Self {
        let mut report = Self::default();
        for (file, findings) in judged {
            let errors: Vec<&Finding> =
                findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
            let said = show(&file, &findings);
            if let Some(why) = exceptions::in_corpus(&file.path) {
                report.excused.push(format!("{said}    right because: {why}\n"));
            } else if file.is_accepted() {
                report.accepted += 1;
                if !errors.is_empty() {
                    report.false_errors.push(said);
                }
            } else if let Some(refusal) = file.refusal() {
                report.refused += 1;
                report.found += usize::from(!errors.is_empty());
                let lines: Vec<usize> = file.refusals.iter().map(|refusal| refusal.line).collect();
                let better = || {
                    errors
                        .iter()
                        .find_map(|error| exceptions::better(refusal.line, &refusal.message, error.rule))
                };
                if errors.is_empty() {
                    match exceptions::unseen(&file.path) {
                        Some(why) => report.unseen.push(format!("{said}    because: {why}\n")),
                        None => report.missed.push(format!("{}: {said}", refusal.class)),
                    }
                } else if errors.iter().any(|error| lines.contains(&error.line)) {
                    report.on_the_line += 1;
                } else if let Some(why) = better() {
                    report.better.push(format!("{said}    better because: {why}\n"));
                } else {
                    report.elsewhere.push(said);
                }
            }
        }
        report
    }

    fn write(&self, server: Server) -> Result<PathBuf, String> {
        let mut out = format!(
            "accepted: {}, refused for the text's sake: {}, of these found: {}, on the server's line: {}, on a better one: {}\n",
            self.accepted,
            self.refused,
            self.found,
            self.on_the_line,
            self.better.len()
        );
        let lists = [
            ("errors in accepted files", &self.false_errors),
            ("refused, but gwlint is silent", &self.missed),
            ("refused, and gwlint is silent for a known reason", &self.unseen),
            ("refused, and gwlint says so on a better line", &self.better),
            ("refused, and gwlint says so elsewhere", &self.elsewhere),
            ("gwlint differs and is right", &self.excused),
        ];
        for (title, list) in lists {
            let _ = write!(out, "\n## {title}: {}\n\n{}", list.len(), list.join("\n"));
        }
        let path = table::folder().join(format!("corpus-{}.txt", server.name()));
        let written = fs::create_dir_all(table::folder()).and_then(|()| fs::write(&path, out));
        written.map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }
}

fn show(file: &Recorded, findings: &[Finding]) -> String {
    let mut out = format!("{} as {}\n", file.path, file.context);
    for refusal in &file.refusals {
        let text = file.text.lines().nth(refusal.line.saturating_sub(1)).unwrap_or_default();
        let _ = writeln!(out, "    {}: {} ({})", refusal.tool, refusal.message, refusal.class);
        let _ = writeln!(out, "    {:>5} | {}", refusal.line, text.chars().take(160).collect::<String>());
    }
    for finding in findings {
        let _ = writeln!(out, "    gwlint: {finding}");
    }
    out
}
