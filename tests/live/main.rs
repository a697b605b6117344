//! Live tests: real nginx, Apache httpd and PHP-FPM judge gwlint.
//!
//! Every folder below `tests/live/cases/` is one test. Real servers on loopback prove that the
//! broken tree fails as declared and that a repair written by hand heals it; then gwlint must name
//! the rule, repair the broken tree, and the same servers must answer. `README.md` beside this
//! file says how a case is written.
//!
//! | variable                 | meaning                                                     |
//! |--------------------------|-------------------------------------------------------------|
//! | `GWLINT_LIVE=prove`      | only prove the cases, do not run gwlint                     |
//! | `GWLINT_REQUIRE_SERVERS` | `1`: a missing server is a failure, not an ignored test     |

mod case;
mod coverage;
mod gwlint;
mod hosts;
mod request;
mod servers;
mod steps;
mod tree;

use std::path::Path;
use std::process::ExitCode;
use std::thread;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use case::Case;
use steps::Extent;

/// What goes wrong here is told to a person, so a text is all an error needs.
type Result<T> = std::result::Result<T, String>;

/// Most cases wait for servers most of the time.
const THREADS_PER_CORE: usize = 3;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    arguments.test_threads.get_or_insert(cores * THREADS_PER_CORE);
    match trials() {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(message) => {
            eprintln!("live: {message}");
            ExitCode::FAILURE
        }
    }
}

/// One trial for each folder of cases, whether or not its `case.toml` can be read.
fn trials() -> Result<Vec<Trial>> {
    let extent = Extent::from_environment()?;
    let mut trials: Vec<Trial> = case::folders()?
        .into_iter()
        .map(|folder| {
            let name = case::name_of(&folder);
            Trial::ignorable_test(name, move || {
                judge(&folder, extent).map_err(|message| Failed::from(&message))
            })
        })
        .collect();
    let covered = || coverage::check().map_err(|message| Failed::from(&message));
    trials.push(Trial::test("every rule has a case, or a reason", covered));
    Ok(trials)
}

/// Runs one case, or says what the machine lacks for it.
fn judge(folder: &Path, extent: Extent) -> Result<Completion> {
    let case = Case::read(folder)?;
    if hosts::are_own(&case) && !hosts::can_be_own() {
        // No server is missing, and none that is installed would help.
        return Ok(Completion::ignored_with("left out, no server may have an /etc/hosts of its own here"));
    }
    let missing = servers::missing(&case.services, &case.apache_modules);
    if missing.is_empty() {
        steps::run(&case, extent)?;
        return Ok(Completion::Completed);
    }
    let reason = format!("left out, this machine lacks: {}", missing.join(", "));
    if servers::are_required() {
        return Err(reason);
    }
    Ok(Completion::ignored_with(reason))
}
