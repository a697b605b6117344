//! Runs every block of every card: the marked lines are found, nothing else is, `--fix` makes what
//! `Fixed` shows byte for byte, and the near misses of `Good` stay silent.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod card;
mod session;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use card::{Card, Scenario};
use gwlint::diagnostic::Applicability;
use gwlint::fix::{Repair, converge};
use gwlint::rule::Rule;
use gwlint::rules::{ALL, OPTIONS};
use gwlint::session::{Outcome, Session};
use libtest_mimic::{Arguments, Failed, Trial};
use session::session;

fn main() {
    let args = Arguments::from_args();
    let trials = ALL.iter().map(|&rule| Trial::test(rule.name, move || check(rule)));
    let every = Trial::test("every card has a rule", cards_have_rules);
    let options = Trial::test("every option has a rule", options_have_rules);
    libtest_mimic::run(&args, trials.chain([every, options]).collect()).exit();
}

/// A card nobody includes would be documentation of a rule that is not there.
fn cards_have_rules() -> Result<(), Failed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    for family in std::fs::read_dir(&root)? {
        let family = family?.path();
        for card in std::fs::read_dir(&family)? {
            let card = card?.path();
            let name = card.strip_prefix(&root)?.with_extension("").display().to_string();
            if !ALL.iter().any(|rule| rule.name == name) {
                return Err(format!("{} has no rule in the table", card.display()).into());
            }
        }
    }
    Ok(())
}

/// An option of no rule could be set and would do nothing.
fn options_have_rules() -> Result<(), Failed> {
    let stray = OPTIONS.iter().find(|option| ALL.iter().all(|rule| rule.name != option.rule));
    stray
        .map_or(Ok(()), |option| Err(format!("there is no rule {} for `{}`", option.rule, option.key).into()))
}

fn check(rule: &'static Rule) -> Result<(), Failed> {
    let card = card::parse(rule.card).map_err(|error| format!("{}: {error}", rule.name))?;
    check_shape(rule, &card)?;
    for scenario in card.bad.iter().filter(|_| !SHOWN_ELSEWHERE.contains(&rule.name)) {
        check_bad(rule, scenario)
            .map_err(|error| format!("{}: ## {}: {error}", rule.name, scenario.title))?;
    }
    for scenario in &card.good {
        check_good(rule, scenario)
            .map_err(|error| format!("{}: ### {}: {error}", rule.name, scenario.title))?;
    }
    Ok(())
}

/// Rules whose fault is too large for a card; `tests/robustness.rs` shows them.
const SHOWN_ELSEWHERE: &[&str] = &["syntax/too-deep"];

fn check_shape(rule: &Rule, card: &Card) -> Result<(), String> {
    let title = format!("# {}\n", rule.name);
    if !rule.card.starts_with(&title) {
        return Err(format!("{}: the card does not begin with {title:?}", rule.name));
    }
    for part in ["\n## Why\n", "\n## References\n"] {
        if !rule.card.contains(part) {
            return Err(format!("{}: the card has no `{}`", rule.name, part.trim()));
        }
    }
    for option in OPTIONS.iter().filter(|option| option.rule == rule.name) {
        let said = format!("`{}`", option.shown());
        let section = rule.card.split_once("\n## Options\n").and_then(|(_, rest)| rest.split("\n## ").next());
        if !section.is_some_and(|section| section.contains(&said)) {
            return Err(format!("{}: the card has no `## Options` that says {said}", rule.name));
        }
    }
    if card.bad.is_empty() || card.good.len() < 2 {
        return Err(format!("{}: a card has a `## Bad` and two near misses in `## Good`", rule.name));
    }
    Ok(())
}

fn check_bad(rule: &'static Rule, scenario: &Scenario) -> Result<(), String> {
    if scenario.marks.is_empty() {
        return Err("no line is marked with `#~ error`, `#~ warning` or `#~ hint`".to_owned());
    }
    let session = session(asked(rule), scenario);
    let outcome = session.lint().map_err(|failure| failure.to_string())?;
    let found = places(&outcome);
    let mut wanted = scenario.marks.clone();
    wanted.sort();
    if found != wanted {
        return Err(format!("found {found:#?}\nmarked {wanted:#?}\n{}", describe(&outcome)));
    }
    match &scenario.fixed {
        Some(fixed) => check_fixed(rule, &session, scenario, fixed),
        None => unchanged(&session, Applicability::Safe),
    }
}

fn check_fixed(
    rule: &Rule,
    session: &Session,
    scenario: &Scenario,
    fixed: &card::Fixed,
) -> Result<(), String> {
    let allow = if fixed.risky { Applicability::Unsafe } else { Applicability::Safe };
    if fixed.risky {
        unchanged(session, Applicability::Safe)?;
    }
    let repair = converge(session, allow).map_err(|failure| failure.to_string())?;
    let mut wanted: BTreeMap<PathBuf, String> = scenario.files.iter().cloned().collect();
    wanted.extend(fixed.files.iter().cloned());
    for (path, text) in &wanted {
        let now = text_of(&repair, path, scenario);
        if now != *text {
            return Err(format!(
                "{} became\n{now}\ninstead of\n{text}\ndropped: {:?}",
                path.display(),
                repair.dropped
            ));
        }
    }
    match repair.outcome.findings.iter().find(|finding| finding.rule == rule.name) {
        Some(finding) => Err(format!("still found after the repair: {}", finding.message)),
        None => Ok(()),
    }
}

fn text_of(repair: &Repair, path: &Path, scenario: &Scenario) -> String {
    let patched = repair.files.iter().find(|file| file.real == path);
    let before = scenario.files.iter().find(|(name, _)| name == path).map(|(_, text)| text.clone());
    patched.map_or(before.unwrap_or_default(), |file| String::from_utf8(file.after.clone()).unwrap())
}

fn unchanged(session: &Session, allow: Applicability) -> Result<(), String> {
    let repair = converge(session, allow).map_err(|failure| failure.to_string())?;
    match repair.applied.first() {
        Some(applied) => Err(format!("the card shows no repair, and one is made: {}", applied.title)),
        None => Ok(()),
    }
}

/// A near miss is silent, hints included, and is written as its server reads it.
fn check_good(rule: &'static Rule, scenario: &Scenario) -> Result<(), String> {
    let outcome = session(asked(rule), scenario).lint().map_err(|failure| failure.to_string())?;
    if let Some(finding) = outcome.findings.first() {
        return Err(format!("reported: {}", finding.message));
    }
    let broken = outcome.workspace.files.iter().find(|file| !file.tree.errors.is_empty());
    match broken {
        Some(file) if rule.family() != "syntax" => {
            Err(format!("{}: {:?}", file.path.display(), file.tree.errors))
        }
        _ => Ok(()),
    }
}

fn places(outcome: &Outcome) -> Vec<(PathBuf, u32, String)> {
    let mut places: Vec<_> = outcome
        .findings
        .iter()
        .map(|finding| {
            let file = outcome.sources.file_of(finding.span());
            let line = file.place(finding.span().lo).line;
            (file.path.clone(), line, finding.severity.word().to_owned())
        })
        .collect();
    places.sort();
    places
}

fn describe(outcome: &Outcome) -> String {
    let findings = outcome.findings.iter().map(|finding| format!("  {}", finding.message));
    findings.collect::<Vec<_>>().join("\n")
}

/// The rules that are run: what an ignore comment silences, all other rules say.
fn asked(rule: &'static Rule) -> Vec<&'static Rule> {
    if rule.family() == "suppress" { ALL.to_vec() } else { vec![rule] }
}
