//! What holds of every repair, of whatever tree: the fixtures, the trees of the cards, the public corpus.
//!
//! - A second `--fix` changes nothing.
//! - No fix touches a byte outside its edits; comments stay, and lines end as they did. A tree with CRLF becomes what
//!   the same tree with LF becomes.
//! - `patch -p1` makes of the diff what `--fix` writes.
//! - What the real server accepts, it accepts after `--fix --unsafe-fixes`.
//!
//! `all/…` are all trees, `some/…` those of CI: run the former with `-- --ignored`. What came of a run, and the fixes that
//! were dropped, is in `target/properties`.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod check;
mod server_check;
mod single;
mod summary;
mod trees;
mod variant;

#[path = "../common/apply.rs"]
mod apply;
#[path = "../oracle/base.rs"]
#[allow(dead_code, reason = "the oracle asks more of it")]
mod base;
#[path = "../cards/card.rs"]
#[allow(dead_code, reason = "what a card must yield is for the test of the cards")]
mod card;
#[path = "../oracle/linter.rs"]
#[allow(dead_code, reason = "the oracle asks more of it")]
mod linter;
#[path = "../oracle/corpus/record.rs"]
#[allow(dead_code, reason = "the oracle asks more of it")]
mod record;
#[path = "../oracle/server.rs"]
mod server;
#[path = "../cards/session.rs"]
mod session;
#[path = "../oracle/verdict.rs"]
mod verdict;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use rayon::prelude::*;

use server::Server;
use summary::Summary;
use trees::Tree;

/// Of so many trees of the cards and of the corpus CI looks at one.
const SAMPLE: usize = 12;

fn main() -> ExitCode {
    let mut trials = vec![Trial::test("fixtures", || in_memory("fixtures", &trees::fixtures()))];
    for (name, every) in [("some", SAMPLE), ("all", 1)] {
        let cards = Trial::test(format!("{name}/cards"), move || in_memory("cards", &trees::cards(every)));
        trials.push(cards.with_ignored_flag(every == 1));
        for server in Server::ALL {
            let of = |what: &str| format!("{name}/{what}/{}", server.name());
            let corpus = Trial::ignorable_test(of("corpus"), move || corpus(server, every));
            let asked = Trial::ignorable_test(of("server"), move || server_check::judge(server, every));
            trials.extend([corpus, asked].map(|trial| trial.with_ignored_flag(every == 1)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// What can be seen without a server.
fn in_memory(name: &str, trees: &[Tree]) -> Result<(), Failed> {
    let summaries: Vec<Summary> = trees.par_iter().map(check::check).collect();
    summary::conclude(name, summaries)
}

fn corpus(server: Server, every: usize) -> Result<Completion, Failed> {
    let trees = trees::corpus(server, every);
    if trees.is_empty() {
        let folder = record::folder();
        let reason = format!("left out: the corpus is not there: {}", folder.display());
        return Ok(Completion::ignored_with(reason));
    }
    in_memory(&format!("corpus-{}", server.name()), &trees)?;
    Ok(Completion::Completed)
}
