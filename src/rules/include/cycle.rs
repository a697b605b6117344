//! `include/cycle`: a file includes itself, directly or through others.

use super::{faults, server};
use crate::diagnostic::{Diagnostic, Severity};
use crate::include::IncludeFault;
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "include/cycle",
    severity: Severity::Error,
    summary: "a file includes itself, directly or through others",
    fixable: Fixable::No,
    card: include_str!("../../../rules/include/cycle.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (inclusion, fault) in faults(context) {
        let IncludeFault::Cycle(circle) = fault else { continue };
        let server = server(context.files, inclusion);
        let message = format!("this include leads back to its own file: {server} does not start");
        let mut diagnostic = Diagnostic::new(inclusion.word, message, "back to a file that is being read")
            .help("take this include out, or narrow its pattern so that it leaves the file itself out");
        for &step in circle {
            diagnostic = diagnostic.label(step, "it is reached from here");
        }
        sink.report(diagnostic);
    }
}
