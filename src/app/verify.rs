//! `--fix --verify`: write, ask the servers, and take back what they refuse.

use std::io::{self, Write};
use std::path::PathBuf;

use super::{Stop, Terminal, remark, undo};
use crate::diagnostic::Severity;
use crate::fix::Repair;
use crate::report;
use crate::verify::{self, Answer, Commands, Test};

/// Writes the repairs, unless a server that took the files before refuses them then.
pub(super) fn write(repair: &Repair, commands: &Commands, err: Terminal) -> Result<(), Stop> {
    let changed: Vec<PathBuf> = repair.files.iter().map(|file| file.real.clone()).collect();
    let tests = verify::tests(&repair.outcome, &changed, commands).map_err(Stop::Unverified)?;
    let before = tests.iter().map(Test::ask).collect::<Result<Vec<Answer>, _>>().map_err(Stop::Unverified)?;
    let Some(record) = undo::write(&repair.files)? else { return Ok(()) };
    for (test, before) in tests.iter().zip(before) {
        let after = test.ask().unwrap_or_else(|why| Answer { accepted: false, said: why.to_string() });
        if before.accepted && !after.accepted {
            undo::take_back(&record)?;
            return Err(Stop::Refused(test.clone(), after.said));
        }
        if !after.accepted {
            let what = "refused the files before, and still does";
            let command = test.command.join(" ");
            remark(err, Severity::Warning, &format!("{} {what}. `{command}` says:", test.server.name()));
            // Where that cannot be written, nothing is left to be done.
            let _ = writeln!(io::stderr(), "{}", report::visible(&after.said));
        }
    }
    Ok(())
}
