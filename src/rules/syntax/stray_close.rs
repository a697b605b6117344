//! `syntax/stray-close`: a `}` or closing tag closes nothing.

use super::{outcome, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{Dialect, SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/stray-close",
    severity: Severity::Error,
    summary: "a `}` or closing tag closes nothing",
    fixable: Fixable::No,
    card: include_str!("../../../rules/syntax/stray-close.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::StrayClose, say);
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let message = match file.dialect {
        Dialect::Apache => {
            format!("`</{}>` closes a section that is not open: {}", error.what, outcome(file))
        }
        _ => format!("this `}}` closes nothing: {}", outcome(file)),
    };
    Diagnostic::new(error.span, message, "nothing is open here")
        .help("take it out, or open the block above it that it was meant to close")
}
