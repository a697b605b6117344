//! A file of gwlint's own, which is nobody's configuration and needs no undo record.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Gives a file a text in one step, whether it is there or not; a link to it stays a link.
///
/// # Errors
/// What the operating system says; the old text is there then.
pub fn write_fresh(path: &Path, text: &str) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let new = path.with_extension(format!("{}.tmp", std::process::id()));
    let staged = stage(&new, text).and_then(|()| fs::rename(&new, &path));
    if staged.is_err() {
        // It is there only if the disk was full; what stopped us is the news.
        let _ = fs::remove_file(&new);
    }
    staged
}

fn stage(new: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create_new(new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
