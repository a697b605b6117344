//! What writes: repairs, `gwlint undo`, and the recovery from a run that was stopped.

use std::io::Write;
use std::path::PathBuf;

use super::{Status, Stop, Terminal, complain, output, remark};
use crate::diagnostic::Severity;
use crate::fix::Patched;
use crate::report;
use crate::write::{self, NoFaults, Reason, Record, Records, Recovered, WriteError};

/// Gives files their new text, all of them or none.
pub(super) fn write(files: &[Patched]) -> Result<Option<Record>, Stop> {
    let Some(first) = files.first() else { return Ok(None) };
    let nowhere = || WriteError { path: first.real.clone(), reason: Reason::NoRecords, record: None };
    let records = Records::of_user().ok_or_else(nowhere).map_err(Stop::Write)?;
    let locked = records.lock().map_err(Stop::Write)?;
    write::write_all(files, &locked, &mut NoFaults).map_err(Stop::Write)
}

/// Gives the files of a run their old text again.
pub(super) fn take_back(record: &Record) -> Result<(), Stop> {
    let Some(records) = Records::of_user() else { return Ok(()) };
    let locked = records.lock().map_err(Stop::Write)?;
    write::undo_record(record, &locked, &mut NoFaults).map(|_| ()).map_err(Stop::Write)
}

/// Makes a tree whole that a run of this user left half done when it was stopped.
pub(super) fn recover(err: Terminal) -> Result<(), Stop> {
    let Some(records) = Records::of_user().filter(Records::exist) else { return Ok(()) };
    // Who may not write there has left nothing there.
    let Ok(locked) = records.lock() else { return Ok(()) };
    if let Some(recovered) = locked.recover(&mut NoFaults).map_err(Stop::Write)? {
        account(&recovered, err);
    }
    Ok(())
}

/// Says what became of a run that was stopped.
fn account(recovered: &Recovered, err: Terminal) {
    let say = |what: &str, files: &[PathBuf]| {
        if !files.is_empty() {
            let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
            remark(err, Severity::Warning, &format!("{what}: {}", names.join(", ")));
        }
    };
    match recovered {
        Recovered::Finished(files) => {
            say("an earlier repair was stopped behind its last file, and these are repaired", files);
        }
        Recovered::TakenBack { old, changed } => {
            say("an earlier repair was stopped half way, and these have their old text again", old);
            say("an earlier repair was stopped half way, and these were changed since and are left", changed);
        }
    }
}

/// `gwlint undo`.
pub(super) fn run(err: Terminal) -> Result<Status, Stop> {
    let Some(records) = Records::of_user().filter(Records::exist) else { return Ok(nothing(err)) };
    let locked = records.lock().map_err(Stop::Write)?;
    let recovered = locked.recover(&mut NoFaults).map_err(Stop::Write)?;
    if let Some(recovered) = &recovered {
        account(recovered, err);
    }
    if let Some(Recovered::TakenBack { .. }) = recovered {
        return Ok(Status::Clean);
    }
    match write::undo(&locked, &mut NoFaults).map_err(Stop::Write)? {
        None => Ok(nothing(err)),
        Some(files) => restored(&files),
    }
}

fn nothing(err: Terminal) -> Status {
    complain(err, "there is no repair to undo");
    Status::Failed
}

fn restored(files: &[Patched]) -> Result<Status, Stop> {
    output(|out: &mut dyn Write| {
        files.iter().try_for_each(|file| {
            writeln!(out, "restored {}", report::visible(&file.real.display().to_string()))
        })
    })?;
    Ok(Status::Clean)
}
