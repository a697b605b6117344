//! `gwlint rules` and `gwlint explain`.

use anstyle::Style;
use serde::Serialize;

use super::{Status, Stop, Terminal, output};
use crate::diagnostic::Severity;
use crate::report::{Format, print_json, severity_style};
use crate::rule::{Fixable, Rule};
use crate::rules;
use crate::select;

/// Prints the card of a rule.
pub(super) fn explain(name: &str) -> Result<Status, Stop> {
    let rule = select::rule(rules::ALL, name).map_err(Stop::Unknown)?;
    output(|out| writeln!(out, "{}", rule.card.trim_end()))?;
    Ok(Status::Clean)
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
            writeln!(out, "{}", terminal.paint(Style::new().bold(), &head))?;
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
