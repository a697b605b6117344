//! `syntax/bad-value`: a character that has a meaning of its own stands in an unquoted value.

use super::{outcome, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/bad-value",
    severity: Severity::Error,
    summary: "a character that has a meaning of its own stands in an unquoted value",
    fixable: Fixable::No,
    card: include_str!("../../../rules/syntax/bad-value.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::BadValue, say);
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let what = &error.what;
    let message = format!("`{what}` has a meaning of its own in an unquoted value: {}", outcome(file));
    Diagnostic::new(error.span, message, format!("unexpected `{what}`"))
        .note(format!("PHP says: syntax error, unexpected '{what}'"))
        .help("put the value in double quotes")
}
