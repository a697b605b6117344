//! The only file that writes to the user's disk.
//!
//! Three steps, and the first that fails ends the run with nothing half done: all files are looked at
//! (`Target`), then all new and old texts are laid beside them (`Staged`), and only then are they renamed
//! into place one by one. When a rename fails, those already made are undone by renaming the old texts
//! back, which needs no space and no new file.

use std::fmt;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use crate::fix::Patched;

/// The files could not be written.
#[derive(Debug)]
pub struct WriteError {
    /// The file it failed on.
    pub path: PathBuf,
    /// Why.
    pub reason: Reason,
    /// Files that have their new text and could not be given back their old one.
    pub stranded: Vec<(PathBuf, io::Error)>,
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
    /// What the operating system says, and what was tried.
    Io(&'static str, io::Error),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAFile => f.write_str("it is not a regular file"),
            Self::HardLinked => f.write_str("it has other hard links, which would keep the old text"),
            Self::ReadOnly => f.write_str("its mode lets nobody write it"),
            Self::Changed => f.write_str("it was changed after gwlint read it"),
            Self::Io(what, error) => write!(f, "{what}: {error}"),
        }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was not written: {}; ", self.path.display(), self.reason)?;
        if self.stranded.is_empty() {
            return f.write_str("no file was changed");
        }
        f.write_str("these files hold their new text and could not be restored:")?;
        for (path, error) in &self.stranded {
            write!(f, " {} ({error})", path.display())?;
        }
        Ok(())
    }
}

impl std::error::Error for WriteError {}

impl WriteError {
    fn new(path: &Path, reason: Reason) -> Self {
        Self { path: path.to_path_buf(), reason, stranded: Vec::new() }
    }
}

/// Gives all `files` their new text, or none.
///
/// Each is replaced in one step, with mode and owner kept; links to it stay links.
///
/// # Errors
/// A [`WriteError`] that names the file that could not be written and why; all files are then as they
/// were, but for those it calls stranded.
pub fn write_all(files: &[Patched]) -> Result<(), WriteError> {
    let named = |file: &Patched, reason| WriteError::new(&file.real, reason);
    let mut targets = Vec::with_capacity(files.len());
    for file in files {
        targets.push(Target::inspect(file).map_err(|reason| named(file, reason))?);
    }
    let mut staged = Vec::with_capacity(files.len());
    for target in targets {
        staged.push(target.stage().map_err(|reason| named(target.file, reason))?);
    }
    commit(staged)
}

/// Renames the new texts into place; renames the old ones back when one does not go.
fn commit(staged: Vec<Staged<'_>>) -> Result<(), WriteError> {
    let mut done: Vec<(&Path, TempPath)> = Vec::with_capacity(staged.len());
    for Staged { file, new, old } in staged {
        match replace(file, new) {
            Ok(()) => done.push((&file.real, old)),
            Err(reason) => {
                let mut error = WriteError::new(&file.real, reason);
                error.stranded =
                    done.into_iter().rev().filter_map(|(path, old)| restore(path, old)).collect();
                return Err(error);
            }
        }
    }
    Ok(())
}

/// The last step for one file. It is looked at once more: staging may have taken its time.
fn replace(file: &Patched, new: TempPath) -> Result<(), Reason> {
    unchanged(file)?;
    new.persist(&file.real).map_err(|error| Reason::Io("cannot be replaced", error.error))?;
    // The file has its new text; that a crash right now might bring back the old one is no failure.
    let _ = sync_directory(&file.real);
    Ok(())
}

fn restore(path: &Path, old: TempPath) -> Option<(PathBuf, io::Error)> {
    let failed = old.persist(path).err()?;
    // The old text stays beside the file, for the operator to take.
    let _ = failed.path.keep();
    Some((path.to_path_buf(), failed.error))
}

/// A file that can be replaced.
struct Target<'a> {
    file: &'a Patched,
    meta: Metadata,
}

impl<'a> Target<'a> {
    /// Looks at a file and says why it cannot be replaced.
    fn inspect(file: &'a Patched) -> Result<Self, Reason> {
        let meta = fs::symlink_metadata(&file.real).map_err(|error| Reason::Io("cannot be read", error))?;
        if !meta.is_file() {
            return Err(Reason::NotAFile);
        }
        if is_hard_linked(&meta) {
            return Err(Reason::HardLinked);
        }
        // root may write what is read-only: then the mode is a sign, and not for us to ignore.
        if meta.permissions().readonly() {
            return Err(Reason::ReadOnly);
        }
        // The rename would not ask for the right to write the file itself.
        let writable = OpenOptions::new().write(true).open(&file.real);
        writable.map_err(|error| Reason::Io("cannot be opened for writing", error))?;
        unchanged(file)?;
        Ok(Self { file, meta })
    }

    /// Lays both texts beside the file.
    fn stage(&self) -> Result<Staged<'a>, Reason> {
        let lay = |bytes| self.lay(bytes).map_err(|error| Reason::Io("cannot write beside it", error));
        Ok(Staged { file: self.file, new: lay(&self.file.after)?, old: lay(&self.file.before)? })
    }

    /// A file beside this one, with its mode and owner, safe on the disk.
    fn lay(&self, bytes: &[u8]) -> io::Result<TempPath> {
        let directory = self.file.real.parent().unwrap_or(Path::new("/"));
        // A leading dot and no `.conf`: no server that reloads now includes it.
        let mut temp: NamedTempFile =
            tempfile::Builder::new().prefix(".gwlint-").suffix(".tmp").tempfile_in(directory)?;
        temp.write_all(bytes)?;
        inherit(temp.as_file(), &self.meta)?;
        temp.as_file().sync_all()?;
        Ok(temp.into_temp_path())
    }
}

/// A file with its new and its old text beside it. They go when this does.
struct Staged<'a> {
    file: &'a Patched,
    new: TempPath,
    old: TempPath,
}

fn unchanged(file: &Patched) -> Result<(), Reason> {
    let bytes = fs::read(&file.real).map_err(|error| Reason::Io("cannot be read", error))?;
    if bytes == file.before { Ok(()) } else { Err(Reason::Changed) }
}

#[cfg(unix)]
fn is_hard_linked(meta: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(meta) > 1
}

#[cfg(not(unix))]
fn is_hard_linked(_meta: &Metadata) -> bool {
    false
}

/// Gives `file` the owner and mode of `meta`; the owner first, since changing it clears bits of the mode.
fn inherit(file: &File, meta: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (meta.uid(), meta.gid()) {
            fchown(file, Some(meta.uid()), Some(meta.gid()))?;
        }
    }
    file.set_permissions(meta.permissions())
}

/// Makes the rename in the directory of `path` last.
#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |directory| File::open(directory)?.sync_all())
}

#[cfg(not(unix))]
fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_one_file_cannot_be_replaced_those_before_it_are_restored() {
        let dir = tempfile::tempdir().expect("a directory");
        let files = ["a", "b", "c"].map(|name| {
            let real = dir.path().join(name);
            fs::write(&real, "old").expect("a file");
            Patched { path: real.clone(), real, before: b"old".into(), after: b"new".into() }
        });
        let staged: Vec<_> = files
            .iter()
            .map(|file| Target::inspect(file).expect("fine").stage().expect("writable"))
            .collect();
        fs::write(&files[1].real, "theirs").expect("writable");
        let error = commit(staged).expect_err("b has changed");
        assert_eq!(error.path, files[1].real);
        assert!(error.stranded.is_empty());
        let texts = files.each_ref().map(|file| fs::read_to_string(&file.real).expect("there"));
        assert_eq!(texts, ["old", "theirs", "old"]);
        assert_eq!(fs::read_dir(dir.path()).expect("there").count(), 3, "nothing stays beside them");
    }
}
