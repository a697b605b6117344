//! What is shown, what counts, and what may be repaired, over toy rules.

use clap::Parser;

use super::*;
use crate::cli::Cli;
use crate::diagnostic::{Edit, Fix};
use crate::rule::{Context, Fixable, Sink};
use crate::source::Span;

const TERMINAL: Terminal = Terminal { width: 80, color: false };

/// Reports the first byte of the machine, with a fix.
fn first_byte(_: &Context<'_>, sink: &mut Sink<'_>) {
    let fix = Fix::safe("say so", vec![Edit::insert(0, "# odd\n")]);
    sink.report(Diagnostic::new(Span::at(0), "it is odd", "here").fix(fix));
}

const fn toy(name: &'static str, severity: Severity) -> Rule {
    Rule { name, severity, summary: "", fixable: Fixable::Safe, card: "", check: first_byte }
}

static TOYS: &[&Rule] = &[
    &toy("toy/error", Severity::Error),
    &toy("toy/hint", Severity::Hint),
    &toy("toy/warning", Severity::Warning),
];

/// The rules shown, how many hints are hidden, and the status, of a run with these arguments.
fn run(args: &[&str], config: &str) -> (Vec<&'static str>, usize, Status) {
    let files = [("/m/etc/nginx/nginx.conf", "events {}\n"), ("/m/gwlint.toml", config)];
    let disk = Disk::memory(files.map(|(path, text)| (path.into(), text.into())));
    let args = Cli::parse_from(["gwlint", "/m"].iter().chain(args));
    let given = Given { settings: disk.clone(), disk, paths: args.lint.input.paths.clone() };
    let Ok(run) = Run::new(&args.lint, given, TOYS, TERMINAL, TERMINAL) else { panic!("bad arguments") };
    let outcome = run.lint_shown(&run.session.disk).expect("there is a file");
    for finding in &outcome.findings {
        assert_eq!(finding.fix.is_some(), run.shows(finding), "what is not shown is not repaired");
    }
    let report = run.view(&outcome, None);
    let rules = report.findings.iter().map(|finding| finding.rule).collect();
    (rules, report.hidden, run.status(&report))
}

#[test]
fn hints_are_hidden_until_asked_for() {
    let (all, most) = (vec!["toy/error", "toy/hint", "toy/warning"], vec!["toy/error", "toy/warning"]);
    assert_eq!(run(&[], ""), (most.clone(), 1, Status::Findings));
    assert_eq!(run(&["--select", "toy"], ""), (most, 1, Status::Findings));
    assert_eq!(run(&["--hints"], ""), (all.clone(), 0, Status::Findings));
    assert_eq!(run(&["--fail-on", "hint"], ""), (all.clone(), 0, Status::Findings));
    assert_eq!(run(&[], "fail-on = 'hint'"), (all, 0, Status::Findings));
    assert_eq!(run(&["--select", "toy/hint"], ""), (vec!["toy/hint"], 0, Status::Clean));
    assert_eq!(run(&["--ignore=toy/error,toy/warning"], ""), (vec![], 1, Status::Clean));
}

#[test]
fn what_is_below_fail_on_is_shown_and_does_not_count() {
    let warning = &["--select", "toy/warning"];
    assert_eq!(run(warning, "").2, Status::Findings);
    assert_eq!(run(warning, "fail-on = 'error'"), (vec!["toy/warning"], 0, Status::Clean));
    assert_eq!(run(&["--select=toy/warning", "--fail-on=warning"], "fail-on = 'error'").2, Status::Findings);
    assert_eq!(run(&["--fail-on", "error"], "").2, Status::Findings);
}

#[test]
fn the_command_line_wins_over_the_file() {
    assert_eq!(run(&[], "select = ['toy/error']").0, ["toy/error"]);
    assert_eq!(run(&["--select", "toy/warning"], "ignore = ['toy']").0, ["toy/warning"]);
    assert_eq!(run(&["--ignore", "toy/warning"], "ignore = ['toy/hint']").0, ["toy/error"]);
}
