//! The files a run may see: the disk, a set of files in memory, or the one laid over the other.
//!
//! The fix loop lints patched text that is on no disk yet, and the cards of the rules are trees that
//! never were on one; both go through the same pipeline as `/etc/nginx`.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Component, Path, PathBuf};

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file, or a link to one.
    File,
    /// A directory, or a link to one.
    Directory,
    /// A symbolic link to nothing.
    DanglingLink,
    /// A socket, device or pipe: never read.
    Other,
}

/// The files a run may see.
#[derive(Debug, Clone)]
pub struct Disk {
    /// Texts that stand in for those on disk, by canonical path.
    overlay: BTreeMap<PathBuf, Vec<u8>>,
    /// Symbolic links of files in memory: the path they lead to.
    links: BTreeMap<PathBuf, PathBuf>,
    real: bool,
}

impl Disk {
    /// The disk of this machine.
    pub fn real() -> Self {
        Self { overlay: BTreeMap::new(), links: BTreeMap::new(), real: true }
    }

    /// Files in memory and nothing else. Paths are absolute.
    pub fn memory(files: impl IntoIterator<Item = (PathBuf, Vec<u8>)>) -> Self {
        Self { overlay: files.into_iter().collect(), links: BTreeMap::new(), real: false }
    }

    /// Adds symbolic links to files in memory, relative to their own directory.
    #[must_use]
    pub fn with_links(mut self, links: impl IntoIterator<Item = (PathBuf, PathBuf)>) -> Self {
        for (path, target) in links {
            let target = clean(&path.with_file_name("").join(target));
            self.links.insert(path, target);
        }
        self
    }

    /// This disk with other text in some of its files.
    #[must_use]
    pub fn with(&self, files: impl IntoIterator<Item = (PathBuf, Vec<u8>)>) -> Self {
        let mut disk = self.clone();
        for (path, bytes) in files {
            let path = disk.canonical(&path);
            disk.overlay.insert(path, bytes);
        }
        disk
    }

    /// One name for a file, however it is reached; the cleaned path itself where nothing is there.
    pub fn canonical(&self, path: &Path) -> PathBuf {
        let path = clean(path);
        if self.real {
            return path.canonicalize().unwrap_or(path);
        }
        self.links.get(&path).cloned().unwrap_or(path)
    }

    /// What is at `path`, links followed; `None` for nothing.
    pub fn kind(&self, path: &Path) -> Option<Kind> {
        let path = clean(path);
        if self.overlay.contains_key(&path) {
            return Some(Kind::File);
        }
        if let Some(target) = self.links.get(&path) {
            let file = self.overlay.contains_key(target);
            return Some(if file { Kind::File } else { Kind::DanglingLink });
        }
        if !self.real {
            let below = self.overlay.range(path.join("")..).next();
            return below.filter(|(file, _)| file.starts_with(&path)).map(|_| Kind::Directory);
        }
        match std::fs::metadata(&path) {
            Ok(meta) if meta.is_file() => Some(Kind::File),
            Ok(meta) if meta.is_dir() => Some(Kind::Directory),
            Ok(_) => Some(Kind::Other),
            Err(_) => std::fs::symlink_metadata(&path).ok().map(|_| Kind::DanglingLink),
        }
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// What the operating system says when it is not there or cannot be read.
    pub fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        // Finding the one name of a file takes system calls; without an overlay nothing asks for it.
        if !self.overlay.is_empty()
            && let Some(bytes) = self.overlay.get(&self.canonical(path))
        {
            return Ok(bytes.clone());
        }
        if self.real { std::fs::read(path) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    /// The names in a directory, sorted by byte, dot-files included.
    ///
    /// # Errors
    /// What the operating system says when it is not there or cannot be listed.
    pub fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let dir = clean(dir);
        let mut names = BTreeSet::new();
        for file in self.overlay.keys().chain(self.links.keys()) {
            if let Ok(rest) = file.strip_prefix(&dir)
                && let Some(Component::Normal(name)) = rest.components().next()
            {
                names.insert(name.to_string_lossy().into_owned());
            }
        }
        if self.real {
            for entry in std::fs::read_dir(&dir)? {
                names.insert(entry?.file_name().to_string_lossy().into_owned());
            }
        }
        Ok(names.into_iter().collect())
    }
}

/// The path without `.`, and with `..` resolved by name; absolute when it was.
pub fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    if out.as_os_str().is_empty() { PathBuf::from(".") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(paths: &[&str]) -> Disk {
        Disk::memory(paths.iter().map(|path| (PathBuf::from(path), path.as_bytes().to_vec())))
    }

    #[test]
    fn directories_of_memory_are_those_its_files_lie_in() {
        let disk = memory(&["/etc/nginx/a.conf", "/etc/nginx-old/b.conf"]);
        assert_eq!(disk.kind(Path::new("/etc/nginx")), Some(Kind::Directory));
        assert_eq!(disk.kind(Path::new("/etc/ngin")), None);
        assert_eq!(disk.list(Path::new("/etc")).ok(), Some(vec!["nginx".into(), "nginx-old".into()]));
    }

    #[test]
    fn what_is_laid_over_wins() {
        let disk = memory(&["/a"]).with([(PathBuf::from("/x/../a"), b"new".to_vec())]);
        assert_eq!(disk.read(Path::new("/a")).ok(), Some(b"new".to_vec()));
        assert!(disk.read(Path::new("/b")).is_err());
    }
}
