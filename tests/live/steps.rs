//! What is done with a case, step by step.

use std::env;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use similar::TextDiff;

use crate::Result;
use crate::case::{Case, Exchange, Expectation, Repair};
use crate::gwlint;
use crate::request::{self, Answer};
use crate::servers::{Running, Service};
use crate::tree::Tree;

const LOG_LIMIT: Duration = Duration::from_secs(2);

/// So long a request is on its way when a server is reloaded.
const BEFORE_RELOAD: Duration = Duration::from_millis(300);

/// How far to go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Prove that the case is true, without gwlint.
    Prove,
    /// Prove it, and let gwlint heal it.
    Full,
}

/// Which state of the tree the servers run on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Broken,
    Healed,
}

impl Extent {
    pub(crate) fn from_environment() -> Result<Self> {
        match env::var("GWLINT_LIVE").as_deref() {
            Err(_) | Ok("") => Ok(Self::Full),
            Ok("prove") => Ok(Self::Prove),
            Ok(other) => Err(format!("GWLINT_LIVE={other}: only `prove` is known")),
        }
    }
}

/// Runs all steps of a case.
pub(crate) fn run(case: &Case, extent: Extent) -> Result<()> {
    let mut broken = Tree::broken(case)?;
    serve(case, &mut broken, State::Broken).map_err(|text| format!("the broken tree: {text}"))?;
    let mut repaired = Tree::repaired(case)?;
    serve(case, &mut repaired, State::Healed).map_err(|text| format!("the tree repaired by hand: {text}"))?;
    if extent == Extent::Full {
        expect_reported(case, &repaired, false)
            .map_err(|text| format!("the tree repaired by hand: {text}"))?;
        expect_reported(case, &broken, true)?;
        match case.repair {
            Repair::Safe => heal(case, &mut broken, false)?,
            Repair::Unsafe => heal(case, &mut broken, true)?,
            Repair::ByHand => leave(case, &broken)?,
        }
    }
    Ok(())
}

/// gwlint leaves the fault to a person. Once it repairs it, the case has to say so.
fn leave(case: &Case, tree: &Tree) -> Result<()> {
    gwlint::fix(&tree.path("etc"), true, case.hints)?;
    expect_reported(case, tree, true).map_err(|text| format!("after a repair that is none: {text}"))
}

/// gwlint repairs the tree, the servers answer, and gwlint is content.
fn heal(case: &Case, tree: &mut Tree, with_unsafe: bool) -> Result<()> {
    let before = tree.configuration()?;
    gwlint::fix(&tree.path("etc"), with_unsafe, case.hints)?;
    let edits = difference(&before, &tree.configuration()?);
    let judged = serve(case, tree, State::Healed).and_then(|()| expect_reported(case, tree, false));
    judged.map_err(|text| format!("after gwlint's repair: {text}\n--- the repair\n{edits}"))
}

/// Starts the servers and makes the requests of the case.
fn serve(case: &Case, tree: &mut Tree, state: State) -> Result<()> {
    let running = Running::start(&case.services, tree)?;
    let judged = expect_started(case, &running, state)
        .and_then(|()| expect_answers(case, &running, tree, state))
        .and_then(|()| if running.all_alive() { Ok(()) } else { Err("a server died".to_owned()) })
        .and_then(|()| expect_logs(case, tree, state));
    drop(running);
    judged.map_err(|text| format!("{text}\n--- what the servers logged\n{}", tree.logs()))
}

fn expect_started(case: &Case, running: &Running, state: State) -> Result<()> {
    let expected: &[Service] = if state == State::Broken { &case.refuses } else { &[] };
    if running.refused == expected {
        return Ok(());
    }
    let refused = &running.refused;
    Err(format!("servers that did not start: {refused:?}, expected: {expected:?}"))
}

fn expect_answers(case: &Case, running: &Running, tree: &mut Tree, state: State) -> Result<()> {
    for exchange in &case.exchanges {
        let port = match &exchange.port {
            Some(name) => tree.port(name)?,
            None => front_port(case, tree)?,
        };
        let expectation = match state {
            State::Broken => &exchange.before,
            State::Healed => &exchange.after,
        };
        let path = tree.filled(&exchange.ask.path)?;
        let answers = ask(port, exchange, &path, running)
            .map_err(|text| format!("{path}: {text}, expected {}", told(expectation)))?;
        let mut fitting = answers.iter().map(|answer| fits(answer, expectation));
        // One of many visitors meets the fault, and after the repair none does.
        let fit = match state {
            State::Broken => fitting.any(|fits| fits),
            State::Healed => fitting.all(|fits| fits),
        };
        if !fit {
            let answered: Vec<String> = answers.iter().map(ToString::to_string).collect();
            return Err(format!("{path}: {}, expected {}", answered.join(", "), told(expectation)));
        }
    }
    Ok(())
}

/// Asks, as many times at once as the case says.
fn ask(port: u16, exchange: &Exchange, path: &str, running: &Running) -> Result<Vec<Answer>> {
    thread::scope(|scope| {
        let asking: Vec<_> = (0..exchange.parallel)
            .map(|_| scope.spawn(|| request::send(port, &exchange.ask, path)))
            .collect();
        if let Some(service) = exchange.reload {
            thread::sleep(BEFORE_RELOAD);
            running.reload(service);
        }
        let join = |asked: thread::ScopedJoinHandle<'_, Result<Answer>>| {
            asked.join().unwrap_or_else(|_| Err("asking panicked".to_owned()))
        };
        asking.into_iter().map(join).collect()
    })
}

/// The visitor talks to nginx on port A where there is one, else to Apache on port B.
fn front_port(case: &Case, tree: &mut Tree) -> Result<u16> {
    let front = if case.services.contains(&Service::Nginx) { "PORT_A" } else { "PORT_B" };
    tree.port(front)
}

fn fits(answer: &Answer, expectation: &Expectation) -> bool {
    let body_fits = match expectation.body.as_deref() {
        None => true,
        Some("") => answer.body.is_empty(),
        Some(part) => answer.body.contains(part),
    };
    body_fits && expectation.outcomes.contains(&answer.outcome)
}

fn told(expectation: &Expectation) -> String {
    let outcomes: Vec<String> = expectation.outcomes.iter().map(ToString::to_string).collect();
    let body = expectation.body.as_ref().map(|body| format!(" with body {body:?}"));
    outcomes.join(" or ") + &body.unwrap_or_default()
}

/// The logs hold what the case says of this state; a server may write its line a moment after the
/// answer. Then they hold nothing that the case says of the other state.
fn expect_logs(case: &Case, tree: &Tree, state: State) -> Result<()> {
    let (expected, foreign) = match state {
        State::Broken => (&case.logs, &case.logs_after),
        State::Healed => (&case.logs_after, &case.logs),
    };
    let deadline = Instant::now() + LOG_LIMIT;
    loop {
        let logs = tree.logs();
        let Some(text) = expected.iter().find(|text| !logs.contains(text.as_str())) else {
            let unfitting = foreign.iter().find(|text| logs.contains(text.as_str()));
            return unfitting.map_or(Ok(()), |text| Err(format!("a log says {text:?} in this state, too")));
        };
        if Instant::now() >= deadline {
            return Err(format!("no log says {text:?}"));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn expect_reported(case: &Case, tree: &Tree, expected: bool) -> Result<()> {
    let rules = gwlint::lint(&tree.path("etc"), case.hints)?;
    if rules.contains(&case.rule) == expected {
        return Ok(());
    }
    let verb = if expected { "does not report" } else { "still reports" };
    Err(format!("gwlint {verb} {}; it reports: {}", case.rule, rules.join(", ")))
}

/// What changed, as a unified diff.
fn difference(before: &[(PathBuf, Vec<u8>)], after: &[(PathBuf, Vec<u8>)]) -> String {
    let mut text = String::new();
    for ((path, old), (_, new)) in before.iter().zip(after) {
        if old != new {
            let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
            let diff = TextDiff::from_lines(old.as_ref(), new.as_ref());
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{}\n{}", path.display(), diff.unified_diff());
        }
    }
    if text.is_empty() { "nothing was changed".to_owned() } else { text }
}
