//! The closing line of a report.

use super::{Done, Report};
use crate::diagnostic::{Applicability, Severity};

/// The closing line. It calls nothing clean that was not read.
pub(super) fn summary(report: &Report<'_>) -> String {
    let files = count(report.files, "file");
    let repaired = report.repaired.map_or(0, |repaired| repaired.fixes.len());
    let repairs_made = match report.repaired.map(|repaired| repaired.done) {
        Some(Done::Repaired) if repaired > 0 => format!("Repaired {}. ", count(repaired, "problem")),
        Some(Done::Ignored) if repaired > 0 => format!("Ignored {}. ", count(repaired, "problem")),
        _ => String::new(),
    };
    let verdict = match (report.findings.len(), report.unreadable.len()) {
        (0, 0) if repaired > 0 => format!("No problems are left in {files}."),
        (0, 0) => format!("No problems found in {files}."),
        (0, unread) if report.files == 0 => {
            format!("{} could not be read; nothing was checked.", count(unread, "file"))
        }
        (0, unread) => format!("{} could not be read; nothing found in {files}.", count(unread, "file")),
        (found, unread) => {
            let unread = match unread {
                0 => String::new(),
                unread => format!("; {} could not be read", count(unread, "file")),
            };
            format!("Found {} in {files}{unread}{}.", by_severity(report, found), repairs(report))
        }
    };
    let hidden = match report.hidden {
        0 => String::new(),
        hidden => format!(" {} hidden (--hints).", count(hidden, "hint")),
    };
    let known = match report.known {
        0 => String::new(),
        known => format!(" {} in the baseline.", count(known, "known problem")),
    };
    format!("{repairs_made}{verdict}{hidden}{known}")
}

/// `7 problems (5 errors, 2 warnings)`.
fn by_severity(report: &Report<'_>, found: usize) -> String {
    let kinds = [Severity::Error, Severity::Warning, Severity::Hint].map(|severity| {
        let number = report.findings.iter().filter(|finding| finding.severity == severity).count();
        (number > 0).then(|| count(number, severity.word()))
    });
    let kinds: Vec<_> = kinds.into_iter().flatten().collect();
    format!("{} ({})", count(found, "problem"), kinds.join(", "))
}

/// `; 4 can be repaired with --fix, 2 more with --unsafe-fixes`.
fn repairs(report: &Report<'_>) -> String {
    let tried = report.repaired.map(|repaired| repaired.allowed);
    let repaired = |by| {
        // What was tried and is still there is not repaired by trying again.
        if tried.is_some_and(|tried| by <= tried) {
            return 0;
        }
        let fixes = report.findings.iter().filter_map(|finding| finding.fix.as_ref());
        fixes.filter(|fix| fix.applicability == by).count()
    };
    match (repaired(Applicability::Safe), repaired(Applicability::Unsafe)) {
        (0, 0) => String::new(),
        (safe, 0) => format!("; {safe} can be repaired with --fix"),
        (0, risky) => format!("; {risky} can be repaired with --fix --unsafe-fixes"),
        (safe, risky) => format!("; {safe} can be repaired with --fix, {risky} more with --unsafe-fixes"),
    }
}

/// `1 file`, `2 files`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
