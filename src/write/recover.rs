//! What a record brings back.

use std::fs;
use std::io;
use std::path::PathBuf;

use super::faults::Faults;
use super::record::Record;
use super::records::Locked;
use super::target::{self, Target};
use super::{Reason, WriteError, write_as};
use crate::fix::Patched;

/// What was done about a run that was stopped on its way.
#[derive(Debug, PartialEq, Eq)]
pub enum Recovered {
    /// Every file had its new text already.
    Finished(Vec<PathBuf>),
    /// The files that had their new text got back the old one.
    TakenBack {
        /// Those that have their old text now.
        old: Vec<PathBuf>,
        /// Those that somebody changed since, which are left as they are.
        changed: Vec<PathBuf>,
    },
}

impl Locked {
    /// Makes a tree whole that a stopped run left half done; `None` when there is none.
    ///
    /// # Errors
    /// A file cannot be written. The record stays then, for the next run.
    pub fn recover(&self, faults: &mut dyn Faults) -> Result<Option<Recovered>, WriteError> {
        let records = self.all().map_err(|error| unreadable(self, error))?;
        let Some(record) = records.iter().find(|record| !record.is_finished()) else {
            settle_undone(&records);
            return Ok(None);
        };
        let kept = |mut error: WriteError| {
            error.record = Some(record.path().to_path_buf());
            error
        };
        let files = record.files().map_err(|error| unreadable(self, error))?;
        record.sweep();
        if files.iter().all(|file| fs::read(&file.real).is_ok_and(|bytes| bytes == file.after)) {
            let finished = record.finish(faults);
            finished.map_err(|error| {
                kept(WriteError::new(record.path(), Reason::Io("cannot be finished", error)))
            })?;
            settle_undone(&records);
            return Ok(Some(Recovered::Finished(files.into_iter().map(|file| file.real).collect())));
        }
        roll_back(record, faults).map_err(kept)?;
        let is_old = |file: &Patched| fs::read(&file.real).is_ok_and(|bytes| bytes == file.before);
        let (old, changed): (Vec<_>, Vec<_>) = files.into_iter().partition(is_old);
        let names = |files: Vec<Patched>| files.into_iter().map(|file| file.real).collect();
        Ok(Some(Recovered::TakenBack { old: names(old), changed: names(changed) }))
    }
}

/// Once a record is undone neither it nor that of the undoing tells anything.
fn settle_undone(records: &[Record]) {
    for undoing in records.iter().filter(|record| record.is_finished()) {
        let Some(undone) = undoing.undoes() else { continue };
        // The undone one first: the other tells that it has to go.
        let mut others = records.iter().filter(|record| record.id() == undone);
        if others.all(|record| record.remove().is_ok()) {
            // What stays is gone the next time.
            let _ = undoing.remove();
        }
    }
}

/// Gives those files of a record that have their new text their old one, and removes the record.
pub(super) fn roll_back(record: &Record, faults: &mut dyn Faults) -> Result<(), WriteError> {
    let own = |error| WriteError::new(record.path(), Reason::Io("cannot be read", error));
    let files = record.files().map_err(own)?;
    let back: Vec<(usize, Patched)> = files
        .into_iter()
        .enumerate()
        .filter(|(_, file)| fs::read(&file.real).is_ok_and(|bytes| bytes == file.after))
        .map(|(index, file)| (index, Patched { before: file.after, after: file.before, ..file }))
        .collect();
    let named = |file: &Patched, reason| WriteError::new(&file.real, reason);
    let mut staged = Vec::new();
    for (index, file) in &back {
        let target = Target::inspect(file, faults).map_err(|reason| named(file, reason))?;
        let beside = record.beside(*index, &file.real);
        staged.push(target.stage(beside, faults).map_err(|reason| named(file, reason))?);
    }
    for staged in staged {
        target::replace(staged.file, &staged.new, faults).map_err(|reason| named(staged.file, reason))?;
    }
    faults.before("remove the record").and_then(|()| record.remove()).map_err(own)
}

/// Gives the files of the last run their old texts. `None` when no record is left.
///
/// # Errors
/// A file was changed since, or cannot be written; no file is changed then.
pub fn undo(records: &Locked, faults: &mut dyn Faults) -> Result<Option<Vec<Patched>>, WriteError> {
    let all = records.all().map_err(|error| unreadable(records, error))?;
    all.last().map(|last| undo_record(last, records, faults)).transpose()
}

/// Gives the files of a run their old texts.
///
/// # Errors
/// A file was changed since, or cannot be written; no file is changed then.
pub fn undo_record(
    record: &Record,
    records: &Locked,
    faults: &mut dyn Faults,
) -> Result<Vec<Patched>, WriteError> {
    let swap = |file: Patched| Patched { before: file.after, after: file.before, ..file };
    let files = record.files().map_err(|error| unreadable(records, error))?;
    let files: Vec<Patched> = files.into_iter().map(swap).collect();
    write_as(&files, Some(&record.id()), records, faults)?;
    settle_undone(&records.all().map_err(|error| unreadable(records, error))?);
    Ok(files)
}

fn unreadable(records: &Locked, error: io::Error) -> WriteError {
    WriteError::new(records.path(), Reason::Io("the undo records cannot be read", error))
}
