//! The oracle: what real servers accept, gwlint accepts; what they refuse for the text's sake, it refuses.
//!
//! `mutants/<server>`: files the server accepts are broken in small ways, deterministically; for each
//! the server's verdict and gwlint's are compared. `corpus/<server>`: the verdicts of real servers on
//! public files, recorded beside the corpus in `../shared/corpus`. What differs is written to
//! `target/oracle/<server>.txt` and `target/oracle/corpus-<server>.txt`.
//!
//! | variable                 | meaning                                                                |
//! |--------------------------|------------------------------------------------------------------------|
//! | `GWLINT_MUTANTS`         | how many mutants of each server; with 1000 and more corpus files, too  |
//! | `GWLINT_MUTANTS_FROM`    | the number of the first mutant of each file: another one, other mutants |
//! | `GWLINT_REQUIRE_SERVERS` | `1`: a missing server is a failure, not an ignored test                |
//! | `GWLINT_CORPUS`          | where the corpus is, if not in `../shared/corpus`                      |
//! | `UPDATE_ORACLE`          | `1`: writes the tables to docs/oracle.md                               |

mod base;
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

/// Of a hundred verdicts on mutants so many agree at least.
///
/// The rules that are to be judged are being written: this is what holds today.
const fn target(server: Server) -> f64 {
    match server {
        Server::Nginx => 50.0,
        Server::Apache => 60.0,
        Server::Fpm | Server::Php => 92.0,
    }
}

fn main() -> ExitCode {
    let mut trials = Vec::new();
    for server in Server::ALL {
        let name = format!("mutants/{}", server.name());
        trials.push(libtest_mimic::Trial::ignorable_test(name, move || mutants(server)));
        let name = format!("corpus/{}", server.name());
        trials.push(libtest_mimic::Trial::ignorable_test(name, move || corpus::judge(server)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn mutants(server: Server) -> Result<Completion, Failed> {
    let missing = server.missing();
    if !missing.is_empty() {
        let reason = format!("left out, this machine lacks: {}", missing.join(", "));
        let required =
            env::var_os("GWLINT_REQUIRE_SERVERS").is_some_and(|value| !value.is_empty() && value != "0");
        return if required { Err(reason.into()) } else { Ok(Completion::ignored_with(reason)) };
    }
    let count = match env::var("GWLINT_MUTANTS") {
        Ok(count) => count.parse().map_err(|_| "GWLINT_MUTANTS is no number")?,
        Err(_) => few(server),
    };
    let mut bases: Vec<Base> = base::all(server);
    if count >= 1000 {
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
    if agreement < target(server) {
        let wanted = target(server);
        return Err(format!("{agreement:.1} % agree, {wanted} % are wanted: see {}", path.display()).into());
    }
    Ok(Completion::Completed)
}
