//! Materialises a case: a directory of its own, with free ports and real paths filled in.

use std::collections::HashMap;
use std::fs::{self, Permissions};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU16, Ordering};

use tempfile::TempDir;
use walkdir::WalkDir;

use crate::Result;
use crate::case::Case;

/// What the servers write at run time, made anew before each start.
const RUNTIME: [&str; 7] = [
    "run/php",
    "run/apache2",
    "run/lock/apache2",
    "var/log/nginx",
    "var/log/apache2",
    "var/log/php",
    "var/lib/nginx",
];

/// The ports handed out: below those the kernel gives to clients.
const FIRST_PORT: u16 = 20_000;
const PORT_COUNT: u16 = 12_000;

/// A materialised case.
pub(crate) struct Tree {
    /// Removed when dropped.
    _directory: TempDir,
    prefix: PathBuf,
    ports: HashMap<String, u16>,
}

/// `tests/live` of this package.
pub(crate) fn live_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live")
}

impl Tree {
    /// The broken tree: the common files of each server, and over them those of the case.
    pub(crate) fn broken(case: &Case) -> Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix("gwlint-live-")
            .tempdir()
            .map_err(|error| format!("no temporary directory: {error}"))?;
        let prefix = told(directory.path(), fs::canonicalize(directory.path()))?;
        make_public(&prefix, 0o755)?;
        let mut tree = Self { _directory: directory, prefix, ports: HashMap::new() };
        let base = live_folder().join("base");
        tree.lay(&base.join("app"))?;
        for service in &case.services {
            tree.lay(&base.join(service.name()))?;
        }
        tree.lay(&case.folder.join("tree"))?;
        Ok(tree)
    }

    /// The tree as repaired by hand.
    pub(crate) fn repaired(case: &Case) -> Result<Self> {
        let mut tree = Self::broken(case)?;
        tree.lay(&case.folder.join("fixed"))?;
        Ok(tree)
    }

    /// The directory that stands for `/`.
    pub(crate) fn prefix(&self) -> &Path {
        &self.prefix
    }

    /// A path below the prefix.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.prefix.join(relative)
    }

    /// The port that `{name}` stands for in this tree.
    pub(crate) fn port(&mut self, name: &str) -> Result<u16> {
        if let Some(port) = self.ports.get(name) {
            return Ok(*port);
        }
        let port = free_port()?;
        self.ports.insert(name.to_owned(), port);
        Ok(port)
    }

    /// A text of the case with its placeholders filled in.
    pub(crate) fn filled(&mut self, text: &str) -> Result<String> {
        let bytes = self.fill(text.as_bytes())?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Forgets the logs, pids and sockets of an earlier start.
    pub(crate) fn reset_runtime(&self) -> Result<()> {
        for relative in ["run", "var"] {
            let path = self.path(relative);
            if path.exists() {
                told(&path, fs::remove_dir_all(&path))?;
            }
        }
        // A path that does not begin with `/` is below the prefix, for servers too.
        for entry in told(&self.prefix, fs::read_dir(&self.prefix))?.flatten() {
            if entry.path().is_file() {
                remove_if_there(&entry.path())?;
            }
        }
        for relative in RUNTIME {
            let path = self.path(relative);
            told(&path, fs::create_dir_all(&path))?;
        }
        for entry in ["run", "var"].iter().flat_map(|relative| WalkDir::new(self.path(relative))) {
            make_public(entry.map_err(|error| error.to_string())?.path(), 0o755)?;
        }
        Ok(())
    }

    /// All that the servers have logged since their start.
    pub(crate) fn logs(&self) -> String {
        let mut logs = String::new();
        for entry in WalkDir::new(self.path("var/log")).sort_by_file_name().into_iter().flatten() {
            if let Ok(bytes) = fs::read(entry.path()) {
                logs += &String::from_utf8_lossy(&bytes);
            }
        }
        logs
    }

    /// The configuration files and their bytes.
    pub(crate) fn configuration(&self) -> Result<Vec<(PathBuf, Vec<u8>)>> {
        let files = WalkDir::new(self.path("etc")).sort_by_file_name().into_iter().flatten();
        files
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| Ok((entry.path().to_owned(), told(entry.path(), fs::read(entry.path()))?)))
            .collect()
    }

    /// Copies a folder over the tree; symlinks stay symlinks.
    fn lay(&mut self, source: &Path) -> Result<()> {
        for entry in WalkDir::new(source) {
            let entry = entry.map_err(|error| error.to_string())?;
            let relative = entry.path().strip_prefix(source).unwrap_or(entry.path());
            let target = self.prefix.join(relative);
            if entry.file_type().is_dir() {
                told(&target, fs::create_dir_all(&target))?;
                make_public(&target, 0o755)?;
            } else if entry.file_type().is_symlink() {
                self.lay_link(entry.path(), &target)?;
            } else {
                self.lay_file(entry.path(), &target)?;
            }
        }
        Ok(())
    }

    fn lay_link(&mut self, source: &Path, target: &Path) -> Result<()> {
        let points_to = told(source, fs::read_link(source))?;
        let points_to = self.fill(points_to.to_string_lossy().as_bytes())?;
        remove_if_there(target)?;
        told(target, symlink(String::from_utf8_lossy(&points_to).as_ref(), target))
    }

    fn lay_file(&mut self, source: &Path, target: &Path) -> Result<()> {
        let bytes = self.fill(&told(source, fs::read(source))?)?;
        remove_if_there(target)?;
        told(target, fs::write(target, bytes))?;
        let runs = told(source, fs::metadata(source))?.permissions().mode() & 0o100 != 0;
        make_public(target, if runs { 0o755 } else { 0o644 })
    }

    /// Fills in `{PREFIX}`, `{PORT_x}` and `{DEAD_x}`; every other brace stays.
    fn fill(&mut self, mut rest: &[u8]) -> Result<Vec<u8>> {
        let mut filled = Vec::with_capacity(rest.len());
        while let Some(open) = rest.iter().position(|&byte| byte == b'{') {
            filled.extend_from_slice(&rest[..open]);
            rest = &rest[open + 1..];
            let close = rest.iter().position(|&byte| byte == b'}').unwrap_or(0);
            if let Some(value) = self.value(&rest[..close])? {
                filled.extend_from_slice(value.as_bytes());
                rest = &rest[close + 1..];
            } else {
                filled.push(b'{');
            }
        }
        filled.extend_from_slice(rest);
        Ok(filled)
    }

    fn value(&mut self, name: &[u8]) -> Result<Option<String>> {
        let name = String::from_utf8_lossy(name);
        if name == "PREFIX" {
            return Ok(Some(self.prefix.display().to_string()));
        }
        // A dead port is one that no server of the tree ever gets.
        if name.starts_with("PORT_") || name.starts_with("DEAD_") {
            return self.port(&name).map(|port| Some(port.to_string()));
        }
        Ok(None)
    }
}

/// A loopback port that nothing listens on, never given twice by this process.
fn free_port() -> Result<u16> {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    // Another run at the same time starts elsewhere in the range.
    let start = process::id().wrapping_mul(997) % u32::from(PORT_COUNT);
    for _ in 0..PORT_COUNT {
        let step = u32::from(GIVEN.fetch_add(1, Ordering::Relaxed));
        let offset = (start + step) % u32::from(PORT_COUNT);
        let port = FIRST_PORT + u16::try_from(offset).unwrap_or(0);
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err("no free loopback port".to_owned())
}

/// Readable for the servers' own user, whatever the umask of the tester is.
fn make_public(path: &Path, mode: u32) -> Result<()> {
    told(path, fs::set_permissions(path, Permissions::from_mode(mode)))
}

fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => told(path, Err(error)),
        _ => Ok(()),
    }
}

/// An error of the file system, told with its path.
fn told<T>(path: &Path, result: io::Result<T>) -> Result<T> {
    result.map_err(|error| format!("{}: {error}", path.display()))
}
