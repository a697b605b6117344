//! The undo record of one run: the old and the new text of each file, in a directory of its own.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::faults::Faults;
use super::target::sync_directory;
use crate::fix::Patched;

/// The name of the list of files.
const LIST: &str = "record.json";

/// The file that says that all files have their new text.
const DONE: &str = "done";

/// What a record is before it is whole.
const PART: &str = "part";

/// A run that replaced files.
#[derive(Debug)]
pub struct Record {
    path: PathBuf,
    list: List,
}

/// What `record.json` says.
#[derive(Debug, Serialize, Deserialize)]
struct List {
    /// The record whose files got their old texts back.
    undoes: Option<String>,
    /// The files, by the one name each has.
    files: Vec<PathBuf>,
}

impl Record {
    /// Writes a record below `records`. It is there in full, or not at all.
    pub(super) fn create(
        records: &Path,
        id: &str,
        files: &[Patched],
        undoes: Option<&str>,
        faults: &mut dyn Faults,
    ) -> io::Result<Self> {
        let part = records.join(id).with_extension(PART);
        faults.before("make the record")?;
        private_directory(&part)?;
        for (index, file) in files.iter().enumerate() {
            lay(&part.join(format!("{index}.before")), &file.before, faults)?;
            lay(&part.join(format!("{index}.after")), &file.after, faults)?;
        }
        let files = files.iter().map(|file| file.real.clone()).collect();
        let list = List { undoes: undoes.map(str::to_owned), files };
        lay(&part.join(LIST), &serde_json::to_vec_pretty(&list)?, faults)?;
        faults.before("sync the record")?;
        sync_directory(Some(&part))?;
        let path = records.join(id);
        faults.before("name the record")?;
        fs::rename(&part, &path)?;
        faults.before("sync the records")?;
        sync_directory(Some(records))?;
        Ok(Self { path, list })
    }

    /// Reads the record in a directory; `None` for one that was never whole.
    pub(super) fn read(path: PathBuf) -> io::Result<Option<Self>> {
        if path.extension().is_some_and(|extension| extension == PART) {
            return Ok(None);
        }
        let list = serde_json::from_slice(&fs::read(path.join(LIST))?)?;
        Ok(Some(Self { path, list }))
    }

    /// The directory it is in.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it is called among the records.
    pub(super) fn id(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The record it undid.
    pub(super) fn undoes(&self) -> Option<&str> {
        self.list.undoes.as_deref()
    }

    /// The files, each with its old and its new text.
    ///
    /// # Errors
    /// A text cannot be read.
    pub fn files(&self) -> io::Result<Vec<Patched>> {
        let text = |index: usize, which: &str| fs::read(self.path.join(format!("{index}.{which}")));
        let files = self.list.files.iter().enumerate();
        files
            .map(|(index, real)| {
                let (before, after) = (text(index, "before")?, text(index, "after")?);
                Ok(Patched { path: real.clone(), real: real.clone(), before, after })
            })
            .collect()
    }

    /// Where the new text of a file is laid before it is renamed: a leading dot and no `.conf`, so that no server that
    /// reloads now includes it.
    pub(super) fn beside(&self, index: usize, real: &Path) -> PathBuf {
        real.with_file_name(format!(".gwlint-{}-{index}.tmp", self.id()))
    }

    /// Removes what a killed run laid beside the files.
    pub(super) fn sweep(&self) {
        for (index, real) in self.list.files.iter().enumerate() {
            // Most often there is none.
            let _ = fs::remove_file(self.beside(index, real));
        }
    }

    /// Whether all files had their new text when it was written.
    pub fn is_finished(&self) -> bool {
        self.path.join(DONE).exists()
    }

    /// Says that all files have their new text.
    pub(super) fn finish(&self, faults: &mut dyn Faults) -> io::Result<()> {
        lay(&self.path.join(DONE), b"", faults)?;
        faults.before("sync the record")?;
        sync_directory(Some(&self.path))
    }

    /// Removes the record. Without its list it is none, and its list goes first.
    pub(super) fn remove(&self) -> io::Result<()> {
        let part = self.path.with_extension(PART);
        fs::rename(&self.path, &part)?;
        fs::remove_dir_all(part)
    }
}

/// Writes a file that only its owner reads, and makes it last.
fn lay(path: &Path, bytes: &[u8], faults: &mut dyn Faults) -> io::Result<()> {
    faults.before("create a file of the record")?;
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    faults.before("write a file of the record")?;
    file.write_all(bytes)?;
    faults.before("sync a file of the record")?;
    file.sync_all()
}

/// Makes a directory that only its owner looks into: configuration holds secrets.
pub(super) fn private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
