//! `syntax/bad-line`: a line the server cannot read.

use super::{outcome, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{Dialect, SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/bad-line",
    severity: Severity::Error,
    summary: "a line the server cannot read",
    fixable: Fixable::No,
    card: include_str!("../../../rules/syntax/bad-line.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::BadLine, say);
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let message = format!("this is no directive, section or comment: {}", outcome(file));
    let help = match file.dialect {
        Dialect::Php | Dialect::Fpm => "write `key = value`, or begin a comment with `;`",
        Dialect::Apache | Dialect::Nginx | Dialect::Service => {
            "write a directive, or begin a comment with `#`"
        }
    };
    Diagnostic::new(error.span, message, "the server stops reading here").help(help)
}
