//! A file that is to be replaced.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Reason;
use super::faults::Faults;
use super::keep::{inherit, is_hard_linked};
use crate::fix::Patched;

/// A file that can be replaced.
pub(super) struct Target<'a> {
    pub(super) file: &'a Patched,
    meta: Metadata,
}

impl<'a> Target<'a> {
    /// Looks at a file and says why it cannot be replaced.
    pub(super) fn inspect(file: &'a Patched, faults: &mut dyn Faults) -> Result<Self, Reason> {
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
        // The rename would ask neither for the right to write the file itself nor whether it is immutable.
        let writable =
            faults.before("open the file").and_then(|()| OpenOptions::new().append(true).open(&file.real));
        writable.map_err(|error| Reason::Io("cannot be opened for writing", error))?;
        unchanged(file)?;
        Ok(Self { file, meta })
    }

    /// Lays the new text beside the file, with its mode and owner, safe on the disk.
    pub(super) fn stage(&self, path: PathBuf, faults: &mut dyn Faults) -> Result<Staged<'a>, Reason> {
        let new = Beside(path);
        self.lay(&new.0, faults).map_err(|error| Reason::Io("cannot write beside it", error))?;
        Ok(Staged { file: self.file, new })
    }

    fn lay(&self, path: &Path, faults: &mut dyn Faults) -> io::Result<()> {
        faults.before("create a file beside")?;
        let mut options = OpenOptions::new();
        // Not for others to read before it has the mode of the file.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.write(true).create_new(true).open(path)?;
        faults.before("write the new text")?;
        file.write_all(&self.file.after)?;
        faults.before("give it owner and mode")?;
        inherit(&file, &self.file.real, &self.meta)?;
        faults.before("sync the new text")?;
        file.sync_all()
    }
}

/// A file with its new text beside it.
pub(super) struct Staged<'a> {
    pub(super) file: &'a Patched,
    pub(super) new: Beside,
}

/// A file that goes when this does.
pub(super) struct Beside(PathBuf);

impl Drop for Beside {
    fn drop(&mut self) {
        // Once it is renamed it is gone; and what cannot be removed now the next run removes.
        let _ = fs::remove_file(&self.0);
    }
}

/// The last step for one file. It is looked at once more: staging may have taken its time.
pub(super) fn replace(file: &Patched, new: &Beside, faults: &mut dyn Faults) -> Result<(), Reason> {
    unchanged(file)?;
    let renamed = faults.before("rename into place").and_then(|()| fs::rename(&new.0, &file.real));
    renamed.map_err(|error| Reason::Io("cannot be replaced", error))?;
    // The file has its new text; that a crash right now might bring back the old one is no failure.
    let _ = faults.before("sync the directory").and_then(|()| sync_directory(file.real.parent()));
    Ok(())
}

fn unchanged(file: &Patched) -> Result<(), Reason> {
    let bytes = fs::read(&file.real).map_err(|error| Reason::Io("cannot be read", error))?;
    if bytes == file.before { Ok(()) } else { Err(Reason::Changed) }
}

/// Makes what was renamed or made in a directory last.
pub(super) fn sync_directory(directory: Option<&Path>) -> io::Result<()> {
    if cfg!(unix) { directory.map_or(Ok(()), |directory| File::open(directory)?.sync_all()) } else { Ok(()) }
}
