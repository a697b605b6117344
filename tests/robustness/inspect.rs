//! What must hold of every run, whatever the files say.

use gwlint::diagnostic::{Applicability, Diagnostic, Edit};
use gwlint::fix::{Why, converge};
use gwlint::report::{Format, Report, Terminal};
use gwlint::rules::ALL;
use gwlint::session::{Outcome, Request, Session};
use gwlint::source::{SourceMap, Span};
use gwlint::vfs::Disk;

use crate::tree_check;

/// A run of all rules over `/etc` of `disk`.
pub(crate) fn session(disk: Disk) -> Session {
    Session {
        request: Request { paths: vec!["/etc".into()], rules: ALL.to_vec(), ..Request::default() },
        disk,
    }
}

/// Lints, and looks at all that came out.
pub(crate) fn inspect(session: &Session) -> Result<Outcome, String> {
    let outcome = session.lint().map_err(|failure| failure.to_string())?;
    for file in &outcome.workspace.files {
        let path = file.path.display();
        tree_check::check(&file.tree).map_err(|error| format!("{path}: {error}"))?;
        let source = outcome.sources.file(file.id);
        let disk = session.disk.read(&file.path).map_err(|error| error.to_string())?;
        if source.encoding.encode(&source.text).as_ref() != Some(&disk) {
            return Err(format!("{path}: its text does not lead back to its bytes"));
        }
    }
    for finding in &outcome.findings {
        check_finding(&outcome.sources, finding).map_err(|error| format!("{error}: {finding:?}"))?;
    }
    Ok(outcome)
}

fn check_finding(sources: &SourceMap, finding: &Diagnostic) -> Result<(), String> {
    for label in &finding.labels {
        check_span(sources, label.span)?;
    }
    let mut edits: Vec<&Edit> = finding.fix.iter().flat_map(|fix| &fix.edits).collect();
    edits.sort();
    for edit in &edits {
        check_span(sources, edit.span)?;
    }
    if edits.windows(2).any(|pair| pair[0].span.hi > pair[1].span.lo) {
        return Err("edits overlap".to_owned());
    }
    Ok(())
}

/// A span lies in one file and cuts no character.
fn check_span(sources: &SourceMap, span: Span) -> Result<(), String> {
    let file = sources.file_of(span);
    let text = (span.lo.checked_sub(file.base), span.hi.checked_sub(file.base));
    match text {
        (Some(lo), Some(hi)) if file.text.get(lo as usize..hi as usize).is_some() => Ok(()),
        _ => Err(format!("{span:?} is not in one file, or cuts a character")),
    }
}

/// Writes the findings in all formats.
pub(crate) fn render(outcome: &Outcome) -> Result<(), String> {
    let report = Report {
        sources: &outcome.sources,
        findings: outcome.findings.iter().collect(),
        hidden: 0,
        known: 0,
        files: outcome.workspace.files.len(),
        unreadable: &outcome.workspace.unreadable,
        repaired: None,
    };
    for (format, width) in [(Format::Full, 60), (Format::Concise, 80), (Format::Json, 80)] {
        let mut out = Vec::new();
        let terminal = Terminal { width, color: false };
        report.print(format, terminal, &mut out).map_err(|error| error.to_string())?;
        let text = String::from_utf8(out).map_err(|error| format!("{format:?}: {error}"))?;
        match format {
            Format::Json => check_json(&text, outcome.findings.len())?,
            _ if text.contains(|c: char| c.is_control() && c != '\n') => {
                return Err(format!("{format:?} sends control characters: {text:?}"));
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_json(text: &str, findings: usize) -> Result<(), String> {
    let document: serde_json::Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let listed = document.as_array().map(Vec::len);
    if listed == Some(findings) { Ok(()) } else { Err(format!("{findings} findings, listed: {listed:?}")) }
}

/// Repairs all that can be repaired; what comes out is settled and no worse.
pub(crate) fn repair(session: &Session) -> Result<(), String> {
    let repair = converge(session, Applicability::Unsafe).map_err(|failure| failure.to_string())?;
    if let Some(dropped) = repair.dropped.iter().find(|dropped| dropped.why == Why::Edits) {
        return Err(format!("{dropped:?}"));
    }
    let patched = repair.files.into_iter().map(|file| (file.real, file.after));
    let session = Session { request: session.request.clone(), disk: session.disk.with(patched) };
    inspect(&session)?;
    let again = converge(&session, Applicability::Unsafe).map_err(|failure| failure.to_string())?;
    match again.applied.first() {
        Some(fix) => Err(format!("made only by a second run: {fix:?}")),
        None => Ok(()),
    }
}
