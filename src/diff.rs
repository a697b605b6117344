//! Unified diffs that `git apply` and `patch -p1` take, byte for byte.

use std::io::{self, Write};
use std::path::{Component, Path};

use similar::algorithms::{Capture, Replace, myers};
use similar::udiff::UnifiedHunkHeader;
use similar::{ChangeTag, DiffOp, group_diff_ops};

use crate::fix::Patched;
use crate::vfs::clean;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// Writes what becomes of `files`, with paths relative to `cwd` where they are below it.
///
/// The paths are the real ones, not the links: neither `patch` nor git writes through a link.
pub fn write(out: &mut impl Write, files: &[Patched], cwd: &Path) -> io::Result<()> {
    for file in files {
        let name = name(&file.real, cwd);
        header(out, "--- ", "a/", &name)?;
        header(out, "+++ ", "b/", &name)?;
        let (before, after) = (lines(&file.before), lines(&file.after));
        for hunk in group_diff_ops(changes(&before, &after), CONTEXT) {
            write_hunk(out, &hunk, &before, &after)?;
        }
    }
    Ok(())
}

/// Lines end at `\n` and nowhere else: to `patch` a lone `\r` is a character like any other.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n').collect()
}

/// Not `similar::capture_diff_slices`: that goes on to slide changes about and forgets to move the line
/// numbers along, so that `patch` makes something else of the hunk, or nothing.
fn changes(before: &[&[u8]], after: &[&[u8]]) -> Vec<DiffOp> {
    let mut hook = Replace::new(Capture::new());
    let Ok(()) = myers::diff(&mut hook, before, 0..before.len(), after, 0..after.len());
    hook.into_inner().into_ops()
}

fn write_hunk(out: &mut impl Write, hunk: &[DiffOp], before: &[&[u8]], after: &[&[u8]]) -> io::Result<()> {
    writeln!(out, "{}", UnifiedHunkHeader::new(hunk))?;
    for change in hunk.iter().flat_map(|op| op.iter_changes(before, after)) {
        let sign = match change.tag() {
            ChangeTag::Equal => b" ",
            ChangeTag::Delete => b"-",
            ChangeTag::Insert => b"+",
        };
        out.write_all(sign)?;
        out.write_all(change.value())?;
        if !change.value().ends_with(b"\n") {
            out.write_all(b"\n\\ No newline at end of file\n")?;
        }
    }
    Ok(())
}

/// The bytes of a path, relative to `cwd` or without the leading slash.
fn name(path: &Path, cwd: &Path) -> Vec<u8> {
    let path = clean(&cwd.join(path));
    let below = path.strip_prefix(cwd).unwrap_or(&path);
    let mut name = Vec::new();
    for component in below.components() {
        if let Component::Normal(part) = component {
            if !name.is_empty() {
                name.push(b'/');
            }
            name.extend_from_slice(part.as_encoded_bytes());
        }
    }
    name
}

/// A header line. Odd names are quoted as git does it; a tab ends a name with blanks in it.
fn header(out: &mut impl Write, mark: &str, side: &str, name: &[u8]) -> io::Result<()> {
    let is_odd = |&byte: &u8| !(0x20..0x7f).contains(&byte) || matches!(byte, b'"' | b'\\');
    out.write_all(mark.as_bytes())?;
    if name.iter().any(is_odd) {
        write!(out, "\"{side}")?;
        for &byte in name {
            write_quoted(out, byte)?;
        }
        return out.write_all(b"\"\n");
    }
    out.write_all(side.as_bytes())?;
    out.write_all(name)?;
    out.write_all(if name.contains(&b' ') { b"\t\n" } else { b"\n" })
}

fn write_quoted(out: &mut impl Write, byte: u8) -> io::Result<()> {
    match byte {
        b'"' | b'\\' => out.write_all(&[b'\\', byte]),
        b'\t' => out.write_all(b"\\t"),
        b'\n' => out.write_all(b"\\n"),
        b'\r' => out.write_all(b"\\r"),
        0x20..=0x7e => out.write_all(&[byte]),
        _ => write!(out, "\\{byte:03o}"),
    }
}
