//! The oracle: what real servers accept, gwlint accepts; what they refuse for the text's sake, it refuses.
//!
//! `mutants/<server>`: files the server accepts are broken in small ways, deterministically; for each
//! the server's verdict and gwlint's are compared. `corpus/<server>`: the verdicts of real servers on
//! public files, recorded beside the corpus in `../shared/corpus`. What differs is written to
//! `target/oracle/<server>.txt` and `target/oracle/corpus-<server>.txt`. `buffers/nginx`: repairs of sizes that
//! have to fit each other, judged by nginx.
//!
//! | variable                 | meaning                                                                |
//! |--------------------------|------------------------------------------------------------------------|
//! | `GWLINT_MUTANTS`         | how many mutants of each server; with 1000 and more corpus files, too  |
//! | `GWLINT_MUTANTS_FROM`    | the number of the first mutant of each file: another one, other mutants |
//! | `GWLINT_REQUIRE_SERVERS` | `1`: a missing server is a failure, not an ignored test                |
//! | `GWLINT_CORPUS`          | where the corpus is, if not in `../shared/corpus`                      |
//! | `UPDATE_ORACLE`          | `1`: writes the tables to docs/oracle.md                               |

mod base;
mod buffers;
mod corpus;
mod exceptions;
mod linter;
mod mutants;
mod mutate;
mod random;
mod server;
mod table;
mod update;
mod verdict;

use std::env;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed};

use base::Base;
use server::Server;

/// Of a server's mutants in CI.
const fn few(server: Server) -> usize {
    match server {
        Server::Nginx => 400,
        Server::Apache => 200,
        Server::Fpm | Server::Php => 300,
    }
}

/// So many mutants make a full run, and what the corpus holds is changed as well.
const FULL: usize = 1000;

/// Of a hundred verdicts on so many mutants so many agree at least.
///
/// A few hundred are a draw: with 98.5 in a hundred of all, one draw of 300 in forty has 97.1 or less. So they may
/// have two in a hundred less than all of them.
const fn target(server: Server, count: usize) -> f64 {
    let of_all = match server {
        Server::Nginx | Server::Fpm => 99.0,
        Server::Apache | Server::Php => 98.0,
    };
    if count >= FULL { of_all } else { of_all - 2.0 }
}

fn main() -> ExitCode {
    let mut trials = Vec::new();
    for server in Server::ALL {
        let name = format!("mutants/{}", server.name());
        trials.push(libtest_mimic::Trial::ignorable_test(name, move || mutants(server)));
        let name = format!("corpus/{}", server.name());
        trials.push(libtest_mimic::Trial::ignorable_test(name, move || corpus::judge(server)));
    }
    trials.push(libtest_mimic::Trial::ignorable_test("buffers/nginx", buffers));
    trials.push(libtest_mimic::Trial::ignorable_test("corpus/frequency", corpus::frequency));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// What to say instead of a test where the server is not there.
fn left_out(server: Server) -> Result<Option<Completion>, Failed> {
    let missing = server.missing();
    if missing.is_empty() {
        return Ok(None);
    }
    let reason = format!("left out, this machine lacks: {}", missing.join(", "));
    let required =
        env::var_os("GWLINT_REQUIRE_SERVERS").is_some_and(|value| !value.is_empty() && value != "0");
    if required { Err(reason.into()) } else { Ok(Some(Completion::ignored_with(reason))) }
}

/// What `GWLINT_MUTANTS` says.
fn wanted() -> Result<Option<usize>, Failed> {
    let count = env::var("GWLINT_MUTANTS").ok().map(|count| count.parse());
    count.transpose().map_err(|_| "GWLINT_MUTANTS is no number".into())
}

fn buffers() -> Result<Completion, Failed> {
    match left_out(Server::Nginx)? {
        Some(left_out) => Ok(left_out),
        None => buffers::judge(wanted()?.unwrap_or(80).min(1000)),
    }
}

fn mutants(server: Server) -> Result<Completion, Failed> {
    if let Some(left_out) = left_out(server)? {
        return Ok(left_out);
    }
    let count = wanted()?.unwrap_or(few(server));
    let mut bases: Vec<Base> = base::all(server);
    if count >= FULL {
        bases.extend(corpus::bases(server));
    }
    let trial = mutants::run(server, bases, count)?;
    let path = table::write(server, &trial)?;
    if env::var_os("UPDATE_ORACLE").is_some() {
        update::write(server, &trial)?;
    }
    let agreement = table::Count::of(trial.cases.iter()).agreement();
    if !trial.false_errors.is_empty() {
        let errors = trial.false_errors.join("\n");
        return Err(format!("errors in files the server accepts:\n{errors}").into());
    }
    let wanted = target(server, count);
    if agreement < wanted {
        return Err(format!("{agreement:.1} % agree, {wanted} % are wanted: see {}", path.display()).into());
    }
    Ok(Completion::Completed)
}
