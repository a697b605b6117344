//! What a rule is: a value in a table, with a card that documents and tests it.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::load::Workspace;
use crate::options::Options;
use crate::source::{SourceMap, Span};
use crate::stack::Stack;
use crate::vfs::Disk;

/// When a rule can repair what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fixable {
    /// `--fix` repairs it, where there is one right repair.
    Safe,
    /// `--fix --unsafe-fixes` repairs it.
    Unsafe,
    /// A person has to decide; the card says why.
    No,
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// `family/what-is-wrong`, its only identity.
    pub name: &'static str,
    /// How bad its findings are, unless one of them says otherwise.
    pub severity: Severity,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// Whether it repairs what it finds.
    pub fixable: Fixable,
    /// Its card: `rules/<family>/<rule>.md`.
    pub card: &'static str,
    /// Looks at the whole stack and reports what it finds.
    pub check: fn(&Context<'_>, &mut Sink<'_>),
}

impl Rule {
    /// The part of the name before the slash.
    pub fn family(&self) -> &'static str {
        self.name.split('/').next().unwrap_or(self.name)
    }
}

/// What a rule may look at.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The text of all files.
    pub sources: &'a SourceMap,
    /// The parsed files, and what includes what.
    pub files: &'a Workspace,
    /// The model of the machine.
    pub stack: &'a Stack,
    /// The files that are there.
    pub disk: &'a Disk,
    /// What the user says that no file tells.
    pub options: &'a Options,
}

/// Takes the findings of one rule.
#[derive(Debug)]
pub struct Sink<'a> {
    rule: &'static Rule,
    found: &'a mut Vec<Diagnostic>,
    /// Where this rule has spoken by [`Sink::report_once`].
    places: HashSet<Span>,
}

impl<'a> Sink<'a> {
    /// A sink for the findings of `rule`.
    pub fn new(rule: &'static Rule, found: &'a mut Vec<Diagnostic>) -> Self {
        Self { rule, found, places: HashSet::new() }
    }

    /// Reports a finding, as bad as the rule says.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.report_as(self.rule.severity, diagnostic);
    }

    /// Reports a finding, if it is one.
    pub fn report_some(&mut self, diagnostic: Option<Diagnostic>) {
        if let Some(diagnostic) = diagnostic {
            self.report(diagnostic);
        }
    }

    /// Reports a finding, if it is one and the rule has not spoken at its place: the line of a file that is included
    /// many times is one line.
    pub fn report_once(&mut self, diagnostic: impl Into<Option<Diagnostic>>) {
        self.report_once_as(self.rule.severity, diagnostic);
    }

    /// The same for a finding that is more or less bad than the rule says.
    pub fn report_once_as(&mut self, severity: Severity, diagnostic: impl Into<Option<Diagnostic>>) {
        if let Some(diagnostic) = diagnostic.into()
            && self.places.insert(diagnostic.span())
        {
            self.report_as(severity, diagnostic);
        }
    }

    /// Reports a finding that is more or less bad than the rule says.
    pub fn report_as(&mut self, severity: Severity, mut diagnostic: Diagnostic) {
        diagnostic.rule = self.rule.name;
        diagnostic.severity = severity;
        self.found.push(diagnostic);
    }
}
