//! `syntax/unclosed-variable`: a `${` has no `}`.

use super::{outcome, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/unclosed-variable",
    severity: Severity::Error,
    summary: "a `${` has no `}`",
    fixable: Fixable::No,
    card: include_str!("../../../rules/syntax/unclosed-variable.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::UnclosedVariable, say);
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let message = format!("this `${{` has no `}}`: {}", outcome(file));
    Diagnostic::new(error.span, message, "begun here").help("end the name of the variable with `}`")
}
