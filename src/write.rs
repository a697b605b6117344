//! The only part that writes to the user's disk.
//!
//! First all files are looked at ([`target`]), then their old and new texts go into an undo record ([`record`]), then
//! the new texts are laid beside the files, and only then are they renamed into place one by one. Whatever stops
//! this on its way, a full disk or a killed process, the record tells what to bring back ([`recover`]): the tree is
//! the whole old one or the whole new one.

mod faults;
mod fresh;
mod keep;
mod record;
mod records;
mod recover;
mod target;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::fix::Patched;

pub use faults::{Faults, NoFaults};
pub use fresh::write_fresh;
pub use record::Record;
pub use records::{Locked, Records};
pub use recover::{Recovered, undo, undo_record};
use target::{Staged, Target};

/// The files could not be written.
#[derive(Debug)]
pub struct WriteError {
    /// The file it failed on.
    pub path: PathBuf,
    /// Why.
    pub reason: Reason,
    /// Where the undo record is, when files could not be given back their old text.
    pub record: Option<PathBuf>,
}

/// Why a file could not be written.
#[derive(Debug)]
pub enum Reason {
    /// It is no regular file.
    NotAFile,
    /// It has other names, which would keep the old text.
    HardLinked,
    /// Its mode lets nobody write it.
    ReadOnly,
    /// It is not what it was when it was read.
    Changed,
    /// Another gwlint is writing.
    Busy,
    /// There is no directory for undo records: neither a home nor a variable that names one.
    NoRecords,
    /// What the operating system says, and what was tried.
    Io(&'static str, io::Error),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAFile => f.write_str("it is not a regular file"),
            Self::HardLinked => f.write_str("it has other hard links, which would keep the old text"),
            Self::ReadOnly => f.write_str("its mode lets nobody write it"),
            Self::Changed => f.write_str("it was changed after gwlint read or wrote it"),
            Self::Busy => f.write_str("another gwlint is writing"),
            Self::NoRecords => {
                f.write_str("there is no place for the undo record; name a directory with GWLINT_STATE_DIR")
            }
            Self::Io(what, error) => write!(f, "{what}: {error}"),
        }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was not written: {}; ", self.path.display(), self.reason)?;
        match &self.record {
            None => f.write_str("no file was changed"),
            Some(record) => write!(
                f,
                "some files hold their new text; `gwlint undo` restores the old ones, which are in {}",
                record.display()
            ),
        }
    }
}

impl std::error::Error for WriteError {}

impl WriteError {
    /// Before any file was changed.
    fn new(path: &Path, reason: Reason) -> Self {
        Self { path: path.to_path_buf(), reason, record: None }
    }
}

/// Gives all `files` their new text, or none, and says where the undo record is.
///
/// Each is replaced in one step, with mode, owner, access list and extended attributes kept; links to it stay links.
///
/// # Errors
/// A [`WriteError`] that names the file that could not be written and why; all files are then as they were, unless
/// it names an undo record.
pub fn write_all(
    files: &[Patched],
    records: &Locked,
    faults: &mut dyn Faults,
) -> Result<Option<Record>, WriteError> {
    write_as(files, None, records, faults)
}

/// [`write_all`]; `undoes` is the record whose files get their old texts back.
fn write_as(
    files: &[Patched],
    undoes: Option<&str>,
    records: &Locked,
    faults: &mut dyn Faults,
) -> Result<Option<Record>, WriteError> {
    if files.is_empty() {
        return Ok(None);
    }
    let named = |file: &Patched, reason| WriteError::new(&file.real, reason);
    let mut targets = Vec::with_capacity(files.len());
    for file in files {
        targets.push(Target::inspect(file, faults).map_err(|reason| named(file, reason))?);
    }
    let record = records.begin(files, undoes, faults);
    let record = record.map_err(|error| {
        WriteError::new(records.path(), Reason::Io("the undo record was not written", error))
    })?;
    match replace_all(&targets, &record, faults) {
        Ok(()) => {}
        Err(error) => return Err(take_back(error, &record, faults)),
    }
    // Every file has its new text. The next run would see that, too, so that a failure here is none.
    let _ = record.finish(faults);
    records.forget_old();
    Ok(Some(record))
}

/// Lays all new texts beside the files, and renames them into place.
fn replace_all(targets: &[Target<'_>], record: &Record, faults: &mut dyn Faults) -> Result<(), WriteError> {
    let mut staged = Vec::with_capacity(targets.len());
    for (index, target) in targets.iter().enumerate() {
        let beside = record.beside(index, &target.file.real);
        let one = target.stage(beside, faults);
        staged.push(one.map_err(|reason| WriteError::new(&target.file.real, reason))?);
    }
    for Staged { file, new } in staged {
        target::replace(file, &new, faults).map_err(|reason| WriteError::new(&file.real, reason))?;
    }
    Ok(())
}

/// Brings back the old texts of those files that have their new one already.
fn take_back(mut error: WriteError, record: &Record, faults: &mut dyn Faults) -> WriteError {
    if recover::roll_back(record, faults).is_err() {
        error.record = Some(record.path().to_path_buf());
    }
    error
}

#[cfg(test)]
mod tests;
