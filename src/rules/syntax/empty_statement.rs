//! `syntax/empty-statement`: a `;` or `{` without a directive.

use super::{outcome, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/empty-statement",
    severity: Severity::Error,
    summary: "a `;` or `{` without a directive",
    fixable: Fixable::No,
    card: include_str!("../../../rules/syntax/empty-statement.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::EmptyStatement, say);
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let message = format!("`{}` without a directive before it: {}", error.what, outcome(file));
    Diagnostic::new(error.span, message, "nothing stands before this").help("take it out")
}
