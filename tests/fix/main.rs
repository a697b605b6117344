//! Repairs from findings to bytes on a disk.

// clippy.toml allows it in test functions; these are their helpers.
#![allow(clippy::expect_used)]

mod converge;
mod diff;
mod undo;
mod write;

#[path = "../common/apply.rs"]
mod apply;

use std::path::PathBuf;

use gwlint::fix::Patched;

/// A file and what becomes of it.
fn patched(path: impl Into<PathBuf>, before: impl AsRef<[u8]>, after: impl AsRef<[u8]>) -> Patched {
    let path = path.into();
    let (before, after) = (before.as_ref().to_vec(), after.as_ref().to_vec());
    Patched { path: path.clone(), real: path, before, after }
}
