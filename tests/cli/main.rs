//! gwlint as a user meets it: arguments in, two streams and an exit status out.

#![allow(clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod add_ignores;
mod baseline;
mod catalogue;
mod choice;
mod config;
mod findings;
mod given;
mod ignores;
mod output;
mod undo;
mod usage;
mod verify;

use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// What a run left behind.
#[derive(Debug)]
struct Ran {
    status: i32,
    out: String,
    err: String,
}

/// A directory of files to run gwlint in.
struct Place(TempDir);

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let place = Self(TempDir::new().expect("a temporary directory"));
        for (path, text) in files {
            place.write(path, text);
        }
        place
    }

    /// A machine whose nginx has nothing to complain about.
    fn healthy() -> Self {
        Self::new(&[("etc/nginx/nginx.conf", "events {}\nhttp {\n}\n")])
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("a directory");
        std::fs::write(path, text).expect("a file");
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).expect("a file")
    }

    /// gwlint in this directory, in an environment that says nothing about terminals.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gwlint"));
        command.args(args).current_dir(self.path()).stdin(Stdio::null());
        command.env("GWLINT_STATE_DIR", env!("CARGO_TARGET_TMPDIR"));
        for name in ["COLUMNS", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        finish(&mut self.command(args))
    }
}

fn finish(command: &mut Command) -> Ran {
    let output = command.output().expect("gwlint runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran {
        // 101 is a panic; no status at all is a signal.
        status: output.status.code().expect("it ends by itself"),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}
