//! Whatever the files say, gwlint does not panic or hang, and what it says fits the text.

#![allow(clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod change;
mod extremes;
mod includes;
mod inspect;
mod texts;
mod watch;

#[path = "../common/tree_check.rs"]
#[allow(dead_code, clippy::expect_used, reason = "it parses, too, where a test has no session")]
mod tree_check;

use std::panic::{AssertUnwindSafe, catch_unwind};

use gwlint::vfs::Disk;
use rayon::prelude::*;

use change::{Change, all_changes, changes};
use inspect::{inspect, render, repair, session};
use texts::{APACHE, CHANGED, SHORT, machine_without};

/// Of so many changes one is shown in all formats, too: a prime, so that all kinds of change get a turn.
const SHOWN: usize = 11;

/// Of so many, one is repaired.
const REPAIRED: usize = 199;

#[test]
fn no_change_of_a_file_leads_astray() {
    let short = SHORT.iter().flat_map(|&(path, text)| tries(path, text, all_changes(text.as_bytes())));
    let long = CHANGED.iter().flat_map(|&(path, text)| tries(path, text, changes(text.as_bytes())));
    let tries: Vec<Try> = short.chain(long).collect();
    // One gateway is enough: each run reads the whole machine.
    let disk = Disk::memory(machine_without("/etc/apache2"));
    let apache = Disk::memory(machine_without("/etc/nginx"));
    let watch = watch::Watch::start();
    let failed: Vec<String> = tries
        .par_iter()
        .enumerate()
        .filter_map(|(index, changed)| {
            let _guard = watch.enter(changed);
            changed.run(if changed.path == APACHE { &apache } else { &disk }, index).err()
        })
        .collect();
    let shown = &failed[..failed.len().min(5)];
    assert!(failed.is_empty(), "{} of {} changes:\n\n{}", failed.len(), tries.len(), shown.join("\n\n"));
}

/// A change of one file of the machine.
#[derive(Debug, Clone, Copy)]
struct Try {
    path: &'static str,
    text: &'static str,
    change: Change,
}

fn tries(path: &'static str, text: &'static str, changes: Vec<Change>) -> impl Iterator<Item = Try> {
    changes.into_iter().map(move |change| Try { path, text, change })
}

impl Try {
    fn run(self, disk: &Disk, index: usize) -> Result<(), String> {
        let bytes = self.change.make(self.text.as_bytes());
        let session = session(disk.with([(self.path.into(), bytes)]));
        let run = || {
            let outcome = inspect(&session)?;
            if index.is_multiple_of(SHOWN) {
                render(&outcome)?;
            }
            if index.is_multiple_of(REPAIRED) { repair(&session) } else { Ok(()) }
        };
        catch_unwind(AssertUnwindSafe(run))
            .unwrap_or_else(|panic| Err(format!("panicked: {}", watch::message(&*panic))))
            .map_err(|error| format!("{}: {:?}: {error}", self.path, self.change))
    }
}
