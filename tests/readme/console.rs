//! Runs the ```` ```console ```` blocks of the documents.
//!
//! A line that begins with `$ ` is a command, what follows is what it prints, errors included. The
//! blocks of a document run one after the other, in a directory that holds a copy of `fixtures/`,
//! `rules/` and nothing else, with `gwlint` in the path and a terminal of 96 columns without colours.
//! Nothing is left out of an output: a shorter one is had by a command that prints less.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::{agree, checkout, read};

/// The documents whose blocks are run. In others, and in blocks of any other language, nothing is.
const DOCUMENTS: &[&str] = &["README.md", "docs/guide.md", "docs/configuration.md", "docs/contributing.md"];

#[test]
fn commands_print_what_the_documents_show() {
    for document in DOCUMENTS {
        agree(document, &replay(&read(document)));
    }
}

/// The document as it is when its commands are run today.
fn replay(document: &str) -> String {
    let place = place();
    let mut out = String::new();
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line == "```console" {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let mut status = 0;
            for command in block.iter().filter_map(|line| line.strip_prefix("$ ")) {
                let (printed, ended) = run(place.path(), command, status);
                status = ended;
                let _ = write!(out, "$ {command}\n{printed}");
            }
            out.push_str("```\n");
        }
    }
    out
}

/// A directory to run commands in: they may change what they find.
pub(crate) fn place() -> TempDir {
    let place = TempDir::new().expect("a temporary directory");
    for name in ["fixtures", "rules"] {
        let copied =
            Command::new("cp").arg("-a").arg(checkout().join(name)).arg(place.path()).status().expect("cp");
        assert!(copied.success(), "{name} cannot be copied");
    }
    place
}

/// What a command prints and its exit status; `before` is that of the command before it, for `$?`.
fn run(place: &Path, command: &str, before: i32) -> (String, i32) {
    let script = format!("exec 2>&1; (exit {before}); {command}");
    let output = shell(place, &script).output().expect("sh");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    let ended = output.status.code().expect("it ends by itself");
    assert!(ended != 101 && ended != 127, "{command}\n{printed}");
    (if printed.is_empty() || printed.ends_with('\n') { printed } else { printed + "\n" }, ended)
}

/// A shell in an environment that says all there is to say about the terminal.
pub(crate) fn shell(place: &Path, script: &str) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_gwlint"));
    let mut path = program.parent().expect("a directory").as_os_str().to_owned();
    path.push(":/usr/bin:/bin");
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir(place).stdin(Stdio::null());
    command.env_clear().env("GWLINT_STATE_DIR", env!("CARGO_TARGET_TMPDIR"));
    command.env("PATH", path).env("COLUMNS", COLUMNS.to_string()).env("LC_ALL", "C.UTF-8");
    command
}

/// The width of the terminal.
pub(crate) const COLUMNS: usize = 96;
