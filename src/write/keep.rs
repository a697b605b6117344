//! What of a file is kept besides its text: owner, mode, access list, extended attributes.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

/// Whether a file has other names.
#[cfg(unix)]
pub(super) fn is_hard_linked(meta: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(meta) > 1
}

#[cfg(not(unix))]
pub(super) fn is_hard_linked(_meta: &Metadata) -> bool {
    false
}

/// Gives `new` the owner, mode and attributes of `old`; the owner first, since changing it clears bits of the mode,
/// and the access list last, since the mode is a part of it.
#[cfg(unix)]
pub(super) fn inherit(new: &File, old: &Path, meta: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let own = new.metadata()?;
    if (own.uid(), own.gid()) != (meta.uid(), meta.gid()) {
        fchown(new, Some(meta.uid()), Some(meta.gid()))?;
    }
    new.set_permissions(meta.permissions())?;
    attributes(new, old)
}

#[cfg(not(unix))]
pub(super) fn inherit(new: &File, _old: &Path, meta: &Metadata) -> io::Result<()> {
    new.set_permissions(meta.permissions())
}

/// Copies extended attributes, of which the access list (`system.posix_acl_access`) is one.
#[cfg(unix)]
fn attributes(new: &File, old: &Path) -> io::Result<()> {
    use xattr::FileExt;
    let names = match xattr::list(old) {
        Ok(names) => names,
        // The file system has none.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => return Ok(()),
        Err(error) => return Err(error),
    };
    for name in names {
        let Some(value) = xattr::get(old, &name)? else { continue };
        // A label that the kernel gives to each new file is there already.
        if new.get_xattr(&name)?.as_deref() != Some(&*value) {
            new.set_xattr(&name, &value)?;
        }
    }
    Ok(())
}
