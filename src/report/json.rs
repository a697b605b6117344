//! One JSON document, as `docs/output.md` describes it.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::Report;
use crate::diagnostic::{Applicability, Diagnostic, Edit, Fix, Label, Severity};
use crate::source::{SourceMap, Span};

/// Stands for a rule where a file could not be read.
const UNREADABLE: &str = "input/unreadable";

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    severity: Severity,
    message: &'a str,
    #[serde(flatten)]
    at: At,
    labels: Vec<Marked<'a>>,
    note: Option<&'a str>,
    help: Option<&'a str>,
    fix: Option<Repair<'a>>,
}

#[derive(Serialize)]
struct At {
    file: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct Marked<'a> {
    #[serde(flatten)]
    at: At,
    text: &'a str,
    primary: bool,
}

#[derive(Serialize)]
struct Repair<'a> {
    title: &'a str,
    applicability: Applicability,
    edits: Vec<Change<'a>>,
}

#[derive(Serialize)]
struct Change<'a> {
    #[serde(flatten)]
    at: At,
    start_byte: u32,
    end_byte: u32,
    text: &'a str,
}

/// Prints the document: a list of findings, in which what could not be read stands too, so that an
/// empty list always means that there is nothing to say.
pub(super) fn print(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let unreadable = report.unreadable.iter().map(|(path, reason)| Finding::unreadable(path, reason));
    let findings = report.findings.iter().map(|finding| Finding::new(report.sources, finding));
    super::print_json(&unreadable.chain(findings).collect::<Vec<_>>(), out)
}

impl At {
    fn new(sources: &SourceMap, span: Span) -> Self {
        let file = sources.file_of(span);
        let (start, end) = (file.place(span.lo), file.place(span.hi));
        Self {
            file: file.path.display().to_string(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

impl<'a> Finding<'a> {
    fn unreadable(path: &Path, reason: &'a str) -> Self {
        let at = At { file: path.display().to_string(), line: 1, column: 1, end_line: 1, end_column: 1 };
        Self {
            rule: UNREADABLE,
            severity: Severity::Error,
            message: reason,
            at,
            labels: Vec::new(),
            note: None,
            help: None,
            fix: None,
        }
    }

    fn new(sources: &SourceMap, finding: &'a Diagnostic) -> Self {
        let marked = |(index, label): (usize, &'a Label)| Marked {
            at: At::new(sources, label.span),
            text: &label.text,
            primary: index == 0,
        };
        Self {
            rule: finding.rule,
            severity: finding.severity,
            message: &finding.message,
            at: At::new(sources, finding.span()),
            labels: finding.labels.iter().enumerate().map(marked).collect(),
            note: finding.note.as_deref(),
            help: finding.help.as_deref(),
            fix: finding.fix.as_ref().map(|fix| Repair::new(sources, fix)),
        }
    }
}

impl<'a> Repair<'a> {
    fn new(sources: &SourceMap, fix: &'a Fix) -> Self {
        let change = |edit: &'a Edit| {
            let file = sources.file_of(edit.span);
            Change {
                at: At::new(sources, edit.span),
                start_byte: file.byte_offset(edit.span.lo),
                end_byte: file.byte_offset(edit.span.hi),
                text: &edit.text,
            }
        };
        Self {
            title: &fix.title,
            applicability: fix.applicability,
            edits: fix.edits.iter().map(change).collect(),
        }
    }
}
