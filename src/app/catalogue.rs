//! `gwlint rules` and `gwlint explain`.

use anstyle::Style;
use serde::Serialize;

use super::{Status, Stop, Terminal, output};
use crate::diagnostic::Severity;
use crate::report::{Format, print_json, severity_style};
use crate::rule::{Fixable, Rule};
use crate::rules;
use crate::select;

const BOLD: Style = Style::new().bold();

/// Behind the line of a finding in the examples of a card: the mark its tests go by.
const MARK: &str = "#~ ";

/// Prints the card of a rule.
pub(super) fn explain(name: &str, terminal: Terminal) -> Result<Status, Stop> {
    let rule = select::rule(rules::ALL, name).map_err(Stop::Unknown)?;
    let repair = match rule.fixable {
        Fixable::Safe => "repaired by --fix",
        Fixable::Unsafe => "repaired by --fix --unsafe-fixes",
        Fixable::No => "repaired by hand",
    };
    let severity = terminal.paint(severity_style(rule.severity), rule.severity.word());
    output(|out| {
        writeln!(out, "{}: {severity}, {repair}", terminal.paint(BOLD, rule.name))?;
        let card = rule.card.trim();
        // The card's own title is the name once more.
        let text =
            card.strip_prefix("# ").and_then(|card| card.split_once('\n')).map_or(card, |(_, text)| text);
        let mut code = false;
        text.lines().try_for_each(|line| {
            code ^= line.starts_with("```");
            writeln!(out, "{}", card_line(line, code, terminal))
        })
    })?;
    Ok(Status::Clean)
}

/// A line of a card, for people: headings stand out, and findings are pointed at.
fn card_line(line: &str, code: bool, terminal: Terminal) -> String {
    if !code && line.starts_with('#') {
        return terminal.paint(BOLD, line);
    }
    let found = line.rsplit_once(MARK).and_then(|(text, words)| {
        let pointed: Option<Vec<String>> = words.split(' ').map(|word| pointer(word, terminal)).collect();
        Some(format!("{text}{}", pointed?.join(" ")))
    });
    found.unwrap_or_else(|| line.to_owned())
}

/// Points at a finding of the severity `word`.
fn pointer(word: &str, terminal: Terminal) -> Option<String> {
    let severity = Severity::ALL.into_iter().find(|severity| severity.word() == word)?;
    Some(terminal.paint(severity_style(severity), &format!("◀ {word}")))
}

/// A rule in JSON.
#[derive(Serialize)]
struct Entry {
    name: &'static str,
    severity: Severity,
    fixable: &'static str,
    summary: &'static str,
}

/// Prints all rules.
pub(super) fn list(format: Format, terminal: Terminal) -> Result<Status, Stop> {
    output(|out| match format {
        Format::Json => {
            let entries: Vec<_> = rules::ALL.iter().map(|rule| Entry::new(rule)).collect();
            print_json(&entries, out)
        }
        Format::Concise => rules::ALL.iter().try_for_each(|rule| writeln!(out, "{}", rule.name)),
        Format::Full => {
            let width = rules::ALL.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
            let head = format!("{:width$}  SEVERITY  FIX     SUMMARY", "RULE");
            writeln!(out, "{}", terminal.paint(BOLD, &head))?;
            rules::ALL.iter().try_for_each(|rule| {
                let severity = format!("{:8}", rule.severity.word());
                let severity = terminal.paint(severity_style(rule.severity), &severity);
                writeln!(out, "{:width$}  {severity}  {:6}  {}", rule.name, fixable(rule), rule.summary)
            })
        }
    })?;
    Ok(Status::Clean)
}

impl Entry {
    fn new(rule: &Rule) -> Self {
        Self { name: rule.name, severity: rule.severity, fixable: fixable(rule), summary: rule.summary }
    }
}

fn fixable(rule: &Rule) -> &'static str {
    match rule.fixable {
        Fixable::Safe => "safe",
        Fixable::Unsafe => "unsafe",
        Fixable::No => "no",
    }
}
