//! Where the undo records of a user are.

use std::env;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::faults::Faults;
use super::record::{Record, private_directory};
use super::{Reason, WriteError};
use crate::fix::Patched;

/// How many finished records are kept.
const KEPT: usize = 10;

/// How long another gwlint is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(20);

/// The undo records of a user.
#[derive(Debug, Clone)]
pub struct Records {
    path: PathBuf,
}

/// The records, while no other gwlint writes.
#[derive(Debug)]
pub struct Locked {
    records: Records,
    /// The lock goes with it.
    _lock: File,
}

impl Records {
    /// Those in a directory.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Those of the user: `undo` below `GWLINT_STATE_DIR`, or in `gwlint` below `XDG_STATE_HOME` or `~/.local/state`.
    pub fn of_user() -> Option<Self> {
        let named = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let state = named("GWLINT_STATE_DIR")
            .or_else(|| Some(named("XDG_STATE_HOME")?.join("gwlint")))
            .or_else(|| Some(env::home_dir()?.join(".local/state/gwlint")))?;
        Some(Self::at(state.join("undo")))
    }

    /// Keeps other gwlints from writing, which takes them no second.
    ///
    /// # Errors
    /// [`Reason::Busy`] while another writes; the directory cannot be made.
    pub fn lock(&self) -> Result<Locked, WriteError> {
        let failed = |reason| WriteError::new(&self.path, reason);
        let io = |error| failed(Reason::Io("the directory of undo records cannot be used", error));
        private_directory(&self.path).map_err(io)?;
        let lock = File::create(self.path.join("lock")).map_err(io)?;
        let start = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Locked { records: self.clone(), _lock: lock }),
                Err(TryLockError::WouldBlock) if start.elapsed() > PATIENCE => {
                    return Err(failed(Reason::Busy));
                }
                Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
                Err(TryLockError::Error(error)) => return Err(io(error)),
            }
        }
    }

    /// Whether there is anything in them.
    pub fn exist(&self) -> bool {
        self.path.is_dir()
    }
}

impl Locked {
    /// The directory they are in.
    pub fn path(&self) -> &Path {
        &self.records.path
    }

    /// Begins a record.
    pub(super) fn begin(
        &self,
        files: &[Patched],
        undoes: Option<&str>,
        faults: &mut dyn Faults,
    ) -> io::Result<Record> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_micros());
        let id = format!("{now:020}-{}", process::id());
        Record::create(self.path(), &id, files, undoes, faults)
    }

    /// All records, the oldest first. What is left of one that was never whole is removed.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn all(&self) -> io::Result<Vec<Record>> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(self.path())? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                paths.push(entry.path());
            }
        }
        paths.sort();
        let mut records = Vec::new();
        for path in paths {
            match Record::read(path.clone())? {
                Some(record) => records.push(record),
                None => fs::remove_dir_all(path)?,
            }
        }
        Ok(records)
    }

    /// Removes finished records beyond the last ones. That some stay is no harm.
    pub(super) fn forget_old(&self) {
        let finished: Vec<Record> =
            self.all().unwrap_or_default().into_iter().filter(Record::is_finished).collect();
        let old = finished.len().saturating_sub(KEPT);
        for record in finished.iter().take(old) {
            let _ = record.remove();
        }
    }
}
