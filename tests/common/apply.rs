//! Gives a diff to the programs that will be given it. Use it with `#[path = "../common/apply.rs"] mod apply;`.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use gwlint::diff;
use gwlint::fix::Patched;
use tempfile::TempDir;

/// A program and its arguments.
pub(crate) type Program = (&'static str, &'static [&'static str]);

pub(crate) const PATCH: Program = ("patch", &["-p1", "--fuzz=0"]);

/// The diff of `files`, as it is shown in `cwd`.
pub(crate) fn render(files: &[Patched], cwd: &Path) -> Vec<u8> {
    let mut out = Vec::new();
    diff::write(&mut out, files, cwd).expect("a vector takes all");
    out
}

/// Whether `program` makes of the files before, laid into an empty directory, exactly those after.
pub(crate) fn applies(program: Program, files: &[Patched]) -> Result<(), String> {
    let dir = TempDir::new().expect("a directory");
    let root = dir.path().canonicalize().expect("it is there");
    let moved = |file: &Patched| {
        let real = root.join(file.real.strip_prefix("/").unwrap_or(&file.real));
        Patched { path: real.clone(), real, ..file.clone() }
    };
    let files: Vec<Patched> = files.iter().map(moved).collect();
    for file in &files {
        fs::create_dir_all(file.real.parent().expect("below root")).expect("a directory");
        fs::write(&file.real, &file.before).expect("a file");
    }
    feed(program, &root, &render(&files, &root))?;
    for file in &files {
        let made = fs::read(&file.real).expect("still there");
        if made != file.after {
            let [made, after] = [made.escape_ascii(), file.after.escape_ascii()];
            return Err(format!(
                "{} makes of {}:\n{made}\ninstead of\n{after}",
                program.0,
                file.real.display()
            ));
        }
    }
    Ok(())
}

/// Feeds `diff` to a program in `dir`.
fn feed((program, args): Program, dir: &Path, diff: &[u8]) -> Result<(), String> {
    let mut command = Command::new(program);
    // A repository around the temporary directory is none of ours.
    command.args(args).current_dir(dir).env("GIT_CEILING_DIRECTORIES", dir.parent().unwrap_or(dir));
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect(program);
    child.stdin.take().expect("piped").write_all(diff).expect("read to its end");
    let output = child.wait_with_output().expect(program);
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{program} says {said}\nto\n{}", String::from_utf8_lossy(diff)))
}
