//! What includes what: patterns resolved to files, and what is wrong with them.

use std::path::{Path, PathBuf};

use crate::source::{FileId, Span};
use crate::tree::At;
use crate::vfs::{Disk, Kind};

pub(crate) mod glob;

/// An `include` and the files it brings in.
#[derive(Debug, Clone)]
pub struct Inclusion {
    /// The directive.
    pub at: At,
    /// Its argument.
    pub word: Span,
    /// The pattern, absolute.
    pub pattern: PathBuf,
    /// The files, in the order the server reads them.
    pub files: Vec<FileId>,
    /// What is wrong with it.
    pub faults: Vec<IncludeFault>,
}

impl Inclusion {
    /// Whether it names a pattern, which may match nothing.
    pub fn is_pattern(&self) -> bool {
        glob::is_pattern(&self.pattern.to_string_lossy())
    }
}

/// What is wrong with an include.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IncludeFault {
    /// No such file, and the server does not start without it; one of nearly that name is there.
    Missing(Option<PathBuf>),
    /// A link to nothing is among the matches.
    Dangling(PathBuf),
    /// A directory is among the matches.
    Directory(PathBuf),
    /// The file includes itself; the other includes of the circle.
    Cycle(Vec<Span>),
}

/// What a pattern comes to on the disk.
#[derive(Debug, Default)]
pub(crate) struct Matches {
    /// Files to read, in order.
    pub(crate) files: Vec<PathBuf>,
    /// What else was there, or was not.
    pub(crate) faults: Vec<IncludeFault>,
}

/// What an nginx `include` reads: nginx takes every match of a pattern, links to nothing and
/// directories too, and fails on those; a pattern without matches is fine.
pub(crate) fn nginx_matches(disk: &Disk, pattern: &Path, certain: bool) -> Matches {
    let is_pattern = glob::is_pattern(&pattern.to_string_lossy());
    let mut matches = Matches::default();
    for path in glob::expand(disk, pattern) {
        match disk.kind(&path) {
            Some(Kind::DanglingLink) => matches.faults.push(IncludeFault::Dangling(path)),
            Some(Kind::Directory) => matches.faults.push(IncludeFault::Directory(path)),
            Some(Kind::File) => matches.files.push(path),
            Some(Kind::Other) | None => {}
        }
    }
    if !is_pattern && certain && matches.files.is_empty() && matches.faults.is_empty() {
        matches.faults.push(IncludeFault::Missing(near(disk, pattern)));
    }
    matches
}

/// What an `include=` of PHP-FPM reads. FPM insists on nothing but that the directory of a pattern is
/// there: else glob(3) fails and FPM does not start (asked of 8.2).
pub(crate) fn fpm_matches(disk: &Disk, pattern: &Path, certain: bool) -> Matches {
    let mut matches = nginx_matches(disk, pattern, false);
    matches.faults.retain(|fault| matches!(fault, IncludeFault::Dangling(_)));
    let name_is_pattern = pattern.file_name().is_some_and(|name| glob::is_pattern(&name.to_string_lossy()));
    let dir_is_plain = pattern.parent().filter(|dir| !glob::is_pattern(&dir.to_string_lossy()));
    if certain && name_is_pattern && dir_is_plain.is_some_and(|dir| disk.kind(dir).is_none()) {
        matches.faults.push(IncludeFault::Missing(None));
    }
    matches
}

/// What an Apache `Include` or `IncludeOptional` reads: a directory stands for all files below it,
/// links to nothing are passed over, and only `Include` insists.
pub(crate) fn apache_matches(disk: &Disk, pattern: &Path, certain: bool, optional: bool) -> Matches {
    let mut matches = Matches::default();
    for path in glob::expand(disk, pattern) {
        match disk.kind(&path) {
            Some(Kind::Directory) => files_below(disk, &path, &mut matches.files),
            Some(Kind::File) => matches.files.push(path),
            Some(Kind::DanglingLink) => matches.faults.push(IncludeFault::Dangling(path)),
            Some(Kind::Other) | None => {}
        }
    }
    if matches.files.is_empty()
        && matches.faults.is_empty()
        && certain
        && !optional
        && is_fatal(disk, pattern)
    {
        matches.faults.push(IncludeFault::Missing(near(disk, pattern)));
    }
    matches
}

/// The one file in the directory of `wanted` with nearly its name.
fn near(disk: &Disk, wanted: &Path) -> Option<PathBuf> {
    let name = wanted.file_name()?.to_str()?;
    let names = disk.list(wanted.parent()?).unwrap_or_default();
    let mut close = names.into_iter().filter(|other| strsim::damerau_levenshtein(name, other) <= 2);
    let found = wanted.with_file_name(close.next()?);
    (close.next().is_none() && disk.kind(&found) == Some(Kind::File)).then_some(found)
}

/// `Include` of a pattern fails only when the directory of the pattern is not there.
fn is_fatal(disk: &Disk, pattern: &Path) -> bool {
    let name_is_pattern = pattern.file_name().is_some_and(|name| glob::is_pattern(&name.to_string_lossy()));
    let dir_is_there = pattern.parent().is_some_and(|dir| !glob::expand(disk, dir).is_empty());
    !(name_is_pattern && dir_is_there) && disk.kind(pattern).is_none()
}

fn files_below(disk: &Disk, dir: &Path, files: &mut Vec<PathBuf>) {
    for name in disk.list(dir).unwrap_or_default() {
        let path = dir.join(name);
        match disk.kind(&path) {
            Some(Kind::Directory) => files_below(disk, &path, files),
            Some(Kind::File) => files.push(path),
            _ => {}
        }
    }
}
