//! A git repository that knows nothing of the user who runs the tests.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::copy::copy_tree;

type Result<T> = std::result::Result<T, String>;

pub(crate) struct Repository(PathBuf);

impl Repository {
    /// An empty repository in a directory that is not there yet.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        fs::create_dir(path).map_err(|error| error.to_string())?;
        let repository = Self(path.to_path_buf());
        repository.git(&["init", "--quiet", "--initial-branch=main"])?;
        Ok(repository)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.0.join(name);
        let dir = path.parent().unwrap_or(&self.0);
        fs::create_dir_all(dir).and_then(|()| fs::write(&path, text)).map_err(|error| error.to_string())
    }

    pub(crate) fn remove(&self, name: &str) -> Result<()> {
        fs::remove_file(self.0.join(name)).map_err(|error| error.to_string())
    }

    /// Copies a file or a directory to the top of the repository.
    pub(crate) fn copy(&self, from: &Path) -> Result<()> {
        let to = self.0.join(from.file_name().unwrap_or_default());
        let done = if from.is_dir() { copy_tree(from, &to) } else { fs::copy(from, to).map(drop) };
        done.map_err(|error| format!("{}: {error}", from.display()))
    }

    /// Commits all that is there.
    pub(crate) fn commit(&self, message: &str) -> Result<String> {
        self.git(&["add", "--all"])?;
        self.git(&["commit", "--quiet", "--message", message])
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> Result<String> {
        self.run("git", arguments)
    }

    /// Runs a program here; what it wrote to both streams is the error when it fails.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.0).stdin(Stdio::null()).env("PATH", path());
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("GIT_") || name.starts_with("PRE_COMMIT") || name == "SKIP" {
                command.env_remove(name);
            }
        }
        for who in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{who}_NAME"), "Test")
                .env(format!("GIT_{who}_EMAIL"), "test@example.test");
        }
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        command.env("PRE_COMMIT_HOME", self.0.with_extension("cache"));
        let output = command.output().map_err(|error| format!("{program}: {error}"))?;
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(out);
        }
        let err = String::from_utf8_lossy(&output.stderr);
        Err(format!("{program} {}: {}\n{out}{err}", arguments.join(" "), output.status))
    }
}

/// `PATH` with the gwlint under test before any other.
fn path() -> OsString {
    let gwlint = Path::new(env!("CARGO_BIN_EXE_gwlint"));
    let before = std::env::var_os("PATH").unwrap_or_default();
    let dirs = gwlint.parent().map(Path::to_path_buf).into_iter().chain(std::env::split_paths(&before));
    std::env::join_paths(dirs).unwrap_or(before)
}
