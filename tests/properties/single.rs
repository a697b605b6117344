//! One fix alone: what `--fix` writes is the file with the edits made, and nothing else.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::PathBuf;

use gwlint::diagnostic::{Applicability, Edit, Fix};
use gwlint::fix::converge_with;
use gwlint::session::Outcome;
use gwlint::source::{Encoding, SourceFile};

use crate::trees::Tree;

/// Makes each fix of `tree` alone, and compares every byte with the edits made by hand.
pub(crate) fn check(tree: &Tree, outcome: &Outcome) -> Vec<String> {
    let fixes = outcome.findings.iter().enumerate().filter_map(|(at, finding)| {
        let fix = finding.fix.as_ref().filter(|fix| fix.applicability != Applicability::Display)?;
        Some((at, finding.rule, fix))
    });
    fixes
        .filter_map(|(at, rule, fix)| {
            let wanted = match by_hand(outcome, fix) {
                Ok(wanted) => wanted,
                Err(why) => return Some(format!("{}: {rule}: {why}: {:?}", tree.name, fix.edits)),
            };
            let made = alone(tree, at);
            // A fix that would do harm is not made; that it is named is for others to see.
            (!made.is_empty() && made != wanted).then(|| {
                format!("{}: {rule}: more or less than its edits is changed: {:?}", tree.name, fix.edits)
            })
        })
        .collect()
}

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// What the engine makes when finding number `at` is the only one, and nothing is found afterwards.
fn alone(tree: &Tree, at: usize) -> Files {
    let session = tree.session();
    let runs = Cell::new(0);
    let lint = |disk: &gwlint::vfs::Disk| {
        let mut outcome =
            gwlint::session::Session { request: session.request.clone(), disk: disk.clone() }.lint()?;
        outcome.findings =
            if runs.replace(1) == 0 { vec![outcome.findings.swap_remove(at)] } else { Vec::new() };
        Ok(outcome)
    };
    let repair = converge_with(&session.disk, Applicability::Unsafe, &lint);
    let files = repair.map(|repair| repair.files).unwrap_or_default();
    files.into_iter().map(|file| (file.real, file.after)).collect()
}

/// The files with the edits of `fix`, made from the last to the first, on bytes.
fn by_hand(outcome: &Outcome, fix: &Fix) -> Result<Files, &'static str> {
    let mut edits: Vec<&Edit> = fix.edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    if edits.windows(2).any(|pair| pair[0].span.hi > pair[1].span.lo) {
        return Err("its edits overlap");
    }
    let mut files = Files::new();
    for edit in edits.iter().rev() {
        let id = outcome.sources.file_id(edit.span);
        let source = outcome.sources.file(id);
        let bytes = files
            .entry(outcome.workspace.file(id).real.clone())
            .or_insert_with(|| source.encoding.encode(&source.text).unwrap_or_default());
        let range = at(source, edit.span.lo)?..at(source, edit.span.hi)?;
        bytes.splice(range, source.encoding.encode(&edit.text).ok_or("its text cannot be written")?);
    }
    files.retain(|real, bytes| {
        let file = outcome.workspace.files.iter().find(|file| file.real == *real);
        file.is_some_and(|file| {
            let source = outcome.sources.file(file.id);
            source.encoding.encode(&source.text).is_some_and(|before| before != *bytes)
        })
    });
    Ok(files)
}

/// The byte of the file an offset stands for.
fn at(source: &SourceFile, offset: u32) -> Result<usize, &'static str> {
    let offset = offset.checked_sub(source.base).ok_or("an edit before the file")? as usize;
    let before = source.text.get(..offset).ok_or("an edit behind the file or inside a character")?;
    Ok(match source.encoding {
        Encoding::Utf8 => before.len(),
        Encoding::Latin1 => before.chars().count(),
    })
}
