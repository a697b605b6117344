//! What the real server accepts, it accepts after `--fix --unsafe-fixes`.

use std::env;

use gwlint::diagnostic::Applicability;
use gwlint::fix::Repair;
use gwlint::rules::ALL;
use libtest_mimic::{Completion, Failed};
use rayon::prelude::*;

use crate::base::{self, Base};
use crate::card;
use crate::server::Server;
use crate::session::session;
use crate::summary::{self, Summary};
use crate::trees::Tree;
use crate::{apply, record};

/// Rules that write names of the tree's machine, of Docker's hosts and of users, and what a server says where there are none.
const KNOWN_ELSEWHERE: [(&str, &str); 3] = [
    ("compose/loopback-upstream", "host not found"),
    ("socket/gateway-not-allowed", "cannot get gid"),
    ("socket/owner-missing", "cannot get uid"),
];

/// Of so many trees that are not of the corpus CI asks about one: a server takes a while to answer.
const SAMPLE: usize = 3;

/// Asks about the fixtures, the cards, and one of `every` files of the corpus.
pub(crate) fn judge(server: Server, every: usize) -> Result<Completion, Failed> {
    let missing = server.missing();
    if !missing.is_empty() {
        let reason = format!("left out, this machine lacks: {}", missing.join(", "));
        let required =
            env::var("GWLINT_REQUIRE_SERVERS").is_ok_and(|value| !value.is_empty() && value != "0");
        return if required { Err(reason.into()) } else { Ok(Completion::ignored_with(reason)) };
    }
    let mut bases = base::all(server);
    bases.extend(cards(server));
    bases = bases.into_iter().step_by(every.min(SAMPLE)).collect();
    bases.extend(record::recorded(server).iter().step_by(every).filter_map(|file| file.base(server)));
    let summaries: Vec<Summary> = bases.par_iter().map(ask).collect();
    summary::conclude(&format!("server-{}", server.name()), summaries)?;
    Ok(Completion::Completed)
}

/// The trees of the cards that have a main file of this server.
fn cards(server: Server) -> Vec<Base> {
    let mut bases = Vec::new();
    for rule in ALL {
        let card = card::parse(rule.card).expect("a card that can be read");
        for scenario in card.bad.iter().chain(&card.good) {
            let disk = session(ALL.to_vec(), scenario).disk;
            let main = server.main();
            let Ok(text) = disk.read(&main) else { continue };
            let name = format!("{}: {}", rule.name, scenario.title);
            let mut base = Base::single(server, &name, String::from_utf8_lossy(&text).into_owned());
            base.files.extend(scenario.files.iter().cloned());
            base.links.clone_from(&scenario.links);
            bases.push(complete(base));
        }
    }
    bases
}

/// Adds what a server does not start without, and what a card leaves out because it is about something else.
fn complete(mut base: Base) -> Base {
    match base.server {
        Server::Apache => {
            let text = base.files.entry(base.main.clone()).or_default();
            if !text.contains("ErrorLog") {
                text.insert_str(0, "ErrorLog /var/log/apache2/error.log\n");
            }
            base::with_modules(base)
        }
        Server::Fpm => {
            base.files.values_mut().for_each(|text| *text = complete_pools(text));
            base
        }
        Server::Nginx | Server::Php => base,
    }
}

/// The text with what its pools must say.
fn complete_pools(text: &str) -> String {
    let says =
        |key: &str| text.lines().any(|line| line.split_once('=').is_some_and(|(name, _)| name.trim() == key));
    let wanted = ["user = www-data\n", "pm = static\n", "pm.max_children = 1\n"];
    let missing = |line: &&str| !line.split(' ').next().is_some_and(says);
    let lines: String = wanted.into_iter().filter(missing).collect();
    let is_pool = |line: &str| line.starts_with('[') && !line.starts_with("[global]");
    text.split_inclusive('\n').flat_map(|line| [line, if is_pool(line) { &lines } else { "" }]).collect()
}

fn ask(base: &Base) -> Summary {
    let mut summary = Summary { trees: 1, ..Summary::default() };
    if let Err(why) = compare(base, &mut summary) {
        summary.wrong.push(format!("{}: {why}", base.name));
    }
    summary
}

fn compare(base: &Base, summary: &mut Summary) -> Result<(), String> {
    let tree = Tree::of(base);
    let Ok(repair) = tree.repair(Applicability::Unsafe) else { return Ok(()) };
    if repair.files.is_empty() {
        return Ok(());
    }
    let before = base.server.ask(base)?;
    if !before.accepts {
        summary.notes.push(format!("{}: refused before: {}", base.name, before.message));
        return Ok(());
    }
    summary.changed += 1;
    for fix in &repair.applied {
        *summary.made.entry(fix.rule).or_default() += 1;
    }
    let after = base.server.ask(&repaired(base, &repair))?;
    let is_elsewhere =
        |(rule, said)| after.message.contains(said) && repair.applied.iter().any(|fix| fix.rule == rule);
    if after.accepts || KNOWN_ELSEWHERE.into_iter().any(is_elsewhere) {
        return Ok(());
    }
    let diff = apply::render(&repair.files, "/".as_ref());
    Err(format!(
        "{} refuses it now: {}\n{}",
        base.server.name(),
        after.message,
        String::from_utf8_lossy(&diff)
    ))
}

/// The base with the files as a repair makes them.
fn repaired(base: &Base, repair: &Repair) -> Base {
    let mut base = base.clone();
    for file in &repair.files {
        base.files.insert(file.real.clone(), String::from_utf8_lossy(&file.after).into_owned());
    }
    base
}
