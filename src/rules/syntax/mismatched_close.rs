//! `syntax/mismatched-close`: a closing tag closes another section than the open one.

use super::{outcome, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/mismatched-close",
    severity: Severity::Error,
    summary: "a closing tag closes another section than the open one",
    fixable: Fixable::No,
    card: include_str!("../../../rules/syntax/mismatched-close.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::MismatchedClose, say);
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let message = format!("`</{}>` does not close the section that is open: {}", error.what, outcome(file));
    let mut diagnostic = Diagnostic::new(error.span, message, "this closes another section")
        .help("close the inner section first");
    if let Some(open) = error.related {
        diagnostic = diagnostic.label(open, "this is open");
    }
    diagnostic
}
