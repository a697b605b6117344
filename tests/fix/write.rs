//! Files on a real disk.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use gwlint::fix::Patched;
use gwlint::write::{NoFaults, Reason, Records, WriteError};
use tempfile::TempDir;

use crate::patched;

const NOBODY: u32 = 65534;

/// Writes with an undo record in a place of its own.
fn write_all(files: &[Patched]) -> Result<(), WriteError> {
    let state = TempDir::new().expect("a directory");
    let records = Records::at(state.path()).lock().expect("nobody else has it");
    gwlint::write::write_all(files, &records, &mut NoFaults).map(|_| ())
}

struct Dir(TempDir);

impl Dir {
    fn new() -> Self {
        Self(TempDir::new().expect("a directory"))
    }

    /// A file that says "old" and is to say "new".
    fn file(&self, name: &str) -> Patched {
        let path = self.0.path().join(name);
        fs::write(&path, "old").expect("a file");
        patched(path, "old", "new")
    }

    /// What is in the directory, temporary files included.
    fn listing(&self) -> Vec<(String, String)> {
        let mut all: Vec<_> = fs::read_dir(self.0.path())
            .expect("a directory")
            .map(|entry| entry.expect("an entry"))
            .map(|entry| {
                let text = fs::read_to_string(entry.path()).unwrap_or_default();
                (entry.file_name().to_string_lossy().into_owned(), text)
            })
            .collect();
        all.sort();
        all
    }
}

fn texts(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|&(name, text)| (name.to_owned(), text.to_owned())).collect()
}

/// Writing fails on the last file, for the reason named, and changes nothing.
fn refused(dir: &Dir, files: &[Patched], expected: fn(&Reason) -> bool) -> WriteError {
    let before = dir.listing();
    let error = write_all(files).expect_err("must be refused");
    assert_eq!(dir.listing(), before);
    assert_eq!(Some(&error.path), files.last().map(|file| &file.real));
    assert!(expected(&error.reason), "{error}");
    assert!(error.to_string().ends_with("no file was changed"), "{error}");
    error
}

fn is_root() -> bool {
    Dir::new().0.path().metadata().is_ok_and(|meta| meta.uid() == 0)
}

#[test]
fn all_files_get_their_new_text_and_nothing_stays_beside_them() {
    let dir = Dir::new();
    write_all(&[dir.file("a"), dir.file("b")]).expect("writable");
    assert_eq!(dir.listing(), texts(&[("a", "new"), ("b", "new")]));
}

#[test]
fn mode_and_owner_are_kept() {
    let dir = Dir::new();
    let file = dir.file("a");
    if is_root() {
        chown(&file.real, Some(NOBODY), Some(12)).expect("root may");
    }
    fs::set_permissions(&file.real, fs::Permissions::from_mode(0o640)).expect("ours");
    let kept = |path: &Path| {
        let meta = path.metadata().expect("it is there");
        (meta.mode(), meta.uid(), meta.gid())
    };
    let before = kept(&file.real);
    write_all(std::slice::from_ref(&file)).expect("writable");
    assert_eq!(kept(&file.real), before);
    assert_eq!(fs::read(&file.real).expect("readable"), b"new");
}

#[test]
fn extended_attributes_are_kept() {
    let dir = Dir::new();
    let file = dir.file("a");
    if xattr::set(&file.real, "user.origin", b"ansible").is_err() {
        return eprintln!("LEFT OUT: this file system has no extended attributes");
    }
    write_all(std::slice::from_ref(&file)).expect("writable");
    assert_eq!(fs::read(&file.real).expect("readable"), b"new");
    assert_eq!(xattr::get(&file.real, "user.origin").expect("there"), Some(b"ansible".to_vec()));
}

/// An entry for nobody, as `setfacl -m u:nobody:rw` writes it.
#[test]
fn access_lists_are_kept() {
    const LIST: &str = "system.posix_acl_access";
    let entry = |tag: u16, right: u16, id: u32| {
        [&tag.to_le_bytes()[..], &right.to_le_bytes(), &id.to_le_bytes()].concat()
    };
    let none = u32::MAX;
    let entries =
        [entry(1, 6, none), entry(2, 6, NOBODY), entry(4, 4, none), entry(16, 6, none), entry(32, 0, none)];
    let list = [2u32.to_le_bytes().to_vec(), entries.concat()].concat();
    let dir = Dir::new();
    let file = dir.file("a");
    if xattr::set(&file.real, LIST, &list).is_err() {
        return eprintln!("LEFT OUT: this file system has no access lists");
    }
    write_all(std::slice::from_ref(&file)).expect("writable");
    assert_eq!(xattr::get(&file.real, LIST).expect("there"), Some(list));
}

#[test]
fn immutable_files_are_refused() {
    let dir = Dir::new();
    let files = [dir.file("a"), dir.file("b")];
    let chattr = |sign: &str| {
        Command::new("chattr").arg(sign).arg(&files[1].real).output().is_ok_and(|done| done.status.success())
    };
    if !chattr("+i") {
        return eprintln!("LEFT OUT: this file system or this user makes no file immutable");
    }
    let said = refused(&dir, &files, |reason| matches!(reason, Reason::Io(..))).to_string();
    assert!(chattr("-i"));
    assert!(said.contains("cannot be opened for writing: Operation not permitted"), "{said}");
}

#[test]
fn a_link_stays_a_link() {
    let dir = Dir::new();
    let file = Patched { path: dir.0.path().join("enabled"), ..dir.file("available") };
    symlink("available", &file.path).expect("a link");
    write_all(std::slice::from_ref(&file)).expect("writable");
    assert_eq!(fs::read_link(&file.path).expect("still a link"), PathBuf::from("available"));
    assert_eq!(dir.listing(), texts(&[("available", "new"), ("enabled", "new")]));
}

#[test]
fn what_changed_since_it_was_read_is_left_alone() {
    let dir = Dir::new();
    let files = [dir.file("a"), dir.file("b")];
    fs::write(&files[1].real, "theirs").expect("writable");
    refused(&dir, &files, |reason| matches!(reason, Reason::Changed));
}

#[test]
fn what_is_gone_is_named() {
    let dir = Dir::new();
    let files = [dir.file("a"), dir.file("b")];
    fs::remove_file(&files[1].real).expect("removable");
    refused(&dir, &files, |reason| matches!(reason, Reason::Io(..)));
}

#[test]
fn hard_links_and_links_and_read_only_files_are_refused() {
    let dir = Dir::new();
    let files = [dir.file("a"), dir.file("b")];
    let other = dir.0.path().join("c");
    fs::hard_link(&files[1].real, &other).expect("same directory");
    refused(&dir, &files, |reason| matches!(reason, Reason::HardLinked));

    fs::remove_file(&other).expect("removable");
    fs::set_permissions(&files[1].real, fs::Permissions::from_mode(0o444)).expect("ours");
    refused(&dir, &files, |reason| matches!(reason, Reason::ReadOnly));

    fs::remove_file(&files[1].real).expect("removable");
    symlink("a", &files[1].real).expect("a link");
    refused(&dir, &files, |reason| matches!(reason, Reason::NotAFile));
}

/// The next test as a user whom permissions stop; root runs it as nobody.
#[test]
fn a_directory_one_may_not_write_is_named() {
    let dir = Dir::new();
    let files = [dir.file("a"), dir.file("b")];
    fs::set_permissions(dir.0.path(), fs::Permissions::from_mode(0o555)).expect("ours");
    if is_root() {
        for path in [dir.0.path(), &files[0].real, &files[1].real] {
            chown(path, Some(NOBODY), Some(NOBODY)).expect("root may");
        }
        // The test program may lie where nobody cannot look.
        let program = TempDir::new().expect("a directory");
        fs::set_permissions(program.path(), fs::Permissions::from_mode(0o755)).expect("ours");
        let exe = program.path().join("tests");
        // Copied by another process: a test that forks while we write it would make it too busy to run.
        let this = std::env::current_exe().expect("running");
        assert!(Command::new("cp").arg(this).arg(&exe).status().expect("cp").success());
        let mut again = Command::new(&exe);
        again.args(["--exact", "write::write_below_a_closed_directory", "--ignored"]);
        let output = again.env("GWLINT_CLOSED", dir.0.path()).uid(NOBODY).gid(NOBODY).output().expect("runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
    } else {
        write_below(dir.0.path());
    }
    assert_eq!(dir.listing(), texts(&[("a", "old"), ("b", "old")]));
    fs::set_permissions(dir.0.path(), fs::Permissions::from_mode(0o755)).expect("ours");
}

#[test]
#[ignore = "run by a_directory_one_may_not_write_is_named"]
fn write_below_a_closed_directory() {
    if let Some(dir) = std::env::var_os("GWLINT_CLOSED") {
        write_below(Path::new(&dir));
    }
}

fn write_below(dir: &Path) {
    let error = write_all(&[patched(dir.join("a"), "old", "new")]).expect_err("may not");
    let said = error.to_string();
    assert!(said.contains("/a was not written") && said.contains("ermission denied"), "{said}");
}
