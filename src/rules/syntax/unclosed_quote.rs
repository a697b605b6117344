//! `syntax/unclosed-quote`: a quote has no end.

use super::{outcome, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/unclosed-quote",
    severity: Severity::Error,
    summary: "a quote has no end",
    fixable: Fixable::No,
    card: include_str!("../../../rules/syntax/unclosed-quote.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::UnclosedQuote, say);
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let message = format!("this quote has no end: {}", outcome(file));
    Diagnostic::new(error.span, message, "opened here")
        .help("close the quote on the line where the text ends")
}
