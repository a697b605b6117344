//! Whatever stops a run while it writes: the tree is the whole old one or the whole new one.

#![cfg(unix)]

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::thread;
use std::time::Duration;

use gwlint::fix::Patched;
use gwlint::write::{Faults, NoFaults, Records, Recovered, undo, write_all};
use tempfile::TempDir;

use crate::patched;

/// A tree of three files in two directories, and where its undo records go.
struct Tree {
    dir: TempDir,
    files: Vec<Patched>,
}

impl Tree {
    fn new() -> Self {
        let dir = TempDir::new().expect("a directory");
        fs::create_dir_all(dir.path().join("etc/sites")).expect("a directory");
        let files = files(dir.path());
        for file in &files {
            fs::write(&file.real, &file.before).expect("a file");
        }
        Self { dir, files }
    }

    fn records(&self) -> Records {
        Records::at(self.dir.path().join("state"))
    }

    /// All files below `etc`, temporary ones included.
    fn listing(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut all = Vec::new();
        let mut directories = vec![self.dir.path().join("etc")];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(directory).expect("a directory") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    directories.push(path);
                } else {
                    all.push((path.clone(), fs::read(&path).expect("a file")));
                }
            }
        }
        all.sort();
        all
    }

    /// What the tree holds when all files have their old text, or all their new one.
    fn whole(&self, text: fn(&Patched) -> &Vec<u8>) -> Vec<(PathBuf, Vec<u8>)> {
        let mut all: Vec<_> = self.files.iter().map(|file| (file.real.clone(), text(file).clone())).collect();
        all.sort();
        all
    }

    fn recover(&self) -> Option<Recovered> {
        self.records().lock().expect("free").recover(&mut NoFaults).expect("what was stopped can be mended")
    }

    /// Recovers, and says whether the tree is new; it must be old if it is not.
    fn is_new_after_recovery(&self) -> bool {
        self.recover();
        let now = self.listing();
        let new = now == self.whole(|file| &file.after);
        assert!(new || now == self.whole(|file| &file.before), "neither old nor new: {now:?}");
        assert_eq!(self.recover(), None, "there was one thing to recover");
        new
    }

    fn command(&self, how: &str) -> Command {
        let mut command = Command::new(env::current_exe().expect("running"));
        command.args(["--exact", "undo::a_run_that_is_stopped", "--ignored"]).stdout(Stdio::null());
        command.stderr(Stdio::null()).env("GWLINT_TREE", self.dir.path()).env("GWLINT_STOP", how);
        command
    }
}

fn files(dir: &Path) -> Vec<Patched> {
    let names = ["etc/nginx.conf", "etc/sites/a.conf", "etc/sites/b.conf"];
    names.map(|name| patched(dir.join(name), format!("old {name}"), format!("new {name}"))).to_vec()
}

/// Meets an error, or the end, at one call.
struct At {
    call: usize,
    calls: usize,
    dies: bool,
}

impl At {
    fn error(call: usize) -> Self {
        Self { call, calls: 0, dies: false }
    }
}

impl Faults for At {
    fn before(&mut self, _what: &'static str) -> io::Result<()> {
        self.calls += 1;
        if self.calls != self.call {
            return Ok(());
        }
        if self.dies {
            process::abort();
        }
        Err(io::Error::from(io::ErrorKind::StorageFull))
    }
}

/// How many calls a run makes.
fn calls() -> usize {
    let tree = Tree::new();
    let mut faults = At::error(0);
    write_all(&tree.files, &tree.records().lock().expect("free"), &mut faults).expect("writable");
    faults.calls
}

#[test]
fn an_error_at_any_call_leaves_the_old_tree_or_the_new_one() {
    let calls = calls();
    assert!(calls > 30, "{calls} calls are too few for three files");
    for call in 1..=calls {
        let tree = Tree::new();
        let done = write_all(&tree.files, &tree.records().lock().expect("free"), &mut At::error(call));
        let wanted =
            if done.is_ok() { tree.whole(|file| &file.after) } else { tree.whole(|file| &file.before) };
        assert_eq!(tree.listing(), wanted, "after an error at call {call}: {:?}", done.err());
        assert_eq!(tree.is_new_after_recovery(), done.is_ok());
    }
}

#[test]
fn a_death_at_any_call_leaves_what_the_next_run_makes_whole() {
    let calls = calls();
    let new = (1..=calls).filter(|call| {
        let tree = Tree::new();
        let status = tree.command(&call.to_string()).status().expect("it runs");
        assert!(!status.success(), "call {call} was not met");
        tree.is_new_after_recovery()
    });
    let new = new.count();
    assert!(new > 0 && new < calls, "{new} of {calls} deaths left the new tree");
}

#[test]
fn a_death_at_any_moment_leaves_what_the_next_run_makes_whole() {
    for turn in 0..40 {
        let tree = Tree::new();
        let mut run = tree.command("for ever").spawn().expect("it runs");
        // The first moments are those of a process that starts.
        thread::sleep(Duration::from_micros(3_000 + 731 * turn));
        run.kill().expect("ours");
        run.wait().expect("it ends");
        // What it undid and did again may be either.
        tree.is_new_after_recovery();
    }
}

#[test]
#[ignore = "run by the tests above"]
fn a_run_that_is_stopped() {
    let Some(dir) = env::var_os("GWLINT_TREE").map(PathBuf::from) else { return };
    let records = Records::at(dir.join("state")).lock().expect("free");
    match env::var("GWLINT_STOP").expect("set with it").parse() {
        Ok(call) => {
            let mut faults = At { call, calls: 0, dies: true };
            let _ = write_all(&files(&dir), &records, &mut faults);
            // A run that was not stopped ends well, and its parent sees that.
        }
        Err(_) => loop {
            write_all(&files(&dir), &records, &mut NoFaults).expect("writable");
            undo(&records, &mut NoFaults).expect("writable");
        },
    }
}

#[test]
fn a_run_can_be_undone_once() {
    let tree = Tree::new();
    let records = tree.records().lock().expect("free");
    write_all(&tree.files, &records, &mut NoFaults).expect("writable");
    assert_eq!(tree.listing(), tree.whole(|file| &file.after));
    let undone = undo(&records, &mut NoFaults).expect("writable").expect("there is one");
    assert_eq!(undone.len(), 3);
    assert_eq!(tree.listing(), tree.whole(|file| &file.before));
    assert!(undo(&records, &mut NoFaults).expect("readable").is_none());
    assert_eq!(records.all().expect("readable").len(), 0);
}

#[test]
fn what_was_changed_after_a_death_is_left_and_the_rest_is_taken_back() {
    let tree = Tree::new();
    let last_rename = calls() - 6;
    assert!(!tree.command(&last_rename.to_string()).status().expect("it runs").success());
    assert_eq!(fs::read(&tree.files[0].real).expect("there"), tree.files[0].after, "it died too early");
    fs::write(&tree.files[1].real, "theirs").expect("writable");
    let Some(Recovered::TakenBack { old, changed }) = tree.recover() else { panic!("half way") };
    assert_eq!(changed, [tree.files[1].real.clone()]);
    assert_eq!(old.len(), 2);
    let texts: Vec<_> =
        tree.files.iter().map(|file| fs::read_to_string(&file.real).expect("there")).collect();
    assert_eq!(texts, ["old etc/nginx.conf", "theirs", "old etc/sites/b.conf"]);
    assert_eq!(tree.recover(), None);
}

#[test]
fn what_was_changed_since_is_not_undone() {
    let tree = Tree::new();
    let records = tree.records().lock().expect("free");
    write_all(&tree.files, &records, &mut NoFaults).expect("writable");
    fs::write(&tree.files[2].real, "theirs").expect("writable");
    let before = tree.listing();
    let error = undo(&records, &mut NoFaults).expect_err("it was changed");
    assert_eq!(error.path, tree.files[2].real);
    assert!(error.to_string().ends_with("no file was changed"), "{error}");
    assert_eq!(tree.listing(), before);
}

#[test]
fn an_undoing_that_dies_at_any_call_leaves_a_whole_tree() {
    for call in 1..200 {
        let tree = Tree::new();
        let records = tree.records().lock().expect("free");
        write_all(&tree.files, &records, &mut NoFaults).expect("writable");
        let mut faults = At::error(call);
        let done = undo(&records, &mut faults);
        drop(records);
        assert_eq!(tree.is_new_after_recovery(), done.is_err(), "call {call}");
        if faults.calls < call {
            return;
        }
    }
    panic!("an undoing makes fewer calls");
}

#[test]
fn the_last_ten_runs_are_remembered() {
    let tree = Tree::new();
    let records = tree.records().lock().expect("free");
    for _ in 0..13 {
        write_all(&tree.files, &records, &mut NoFaults).expect("writable");
        for file in &tree.files {
            fs::write(&file.real, &file.before).expect("writable");
        }
    }
    assert_eq!(records.all().expect("readable").len(), 10);
}
