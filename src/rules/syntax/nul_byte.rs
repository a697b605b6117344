//! `syntax/nul-byte`: the file holds a NUL byte.

use super::{outcome, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{Dialect, SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/nul-byte",
    severity: Severity::Error,
    summary: "the file holds a NUL byte",
    fixable: Fixable::No,
    card: include_str!("../../../rules/syntax/nul-byte.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::NulByte, say);
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    // httpd asked: it reads no further on that line, and says nothing.
    let outcome = match file.dialect {
        Dialect::Apache => "Apache passes over the rest of its line without a word",
        _ => outcome(file),
    };
    let message = format!("the file holds a NUL byte: {outcome}");
    Diagnostic::new(error.span, message, "a byte of value 0")
        .help("write the file again: it was cut off, or is no text")
}
