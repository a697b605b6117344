//! `syntax/missing-semicolon`: a directive is not ended by a `;`.

use super::{insertion, outcome, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/missing-semicolon",
    severity: Severity::Error,
    summary: "a directive is not ended by a `;`",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/syntax/missing-semicolon.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::MissingSemicolon, say);
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let name = &error.what;
    let message = format!("`{name}` is not ended by a `;`: {}", outcome(file));
    let mut diagnostic = Diagnostic::new(error.span, message, "a `;` is missing here")
        .help("end the directive with a `;`")
        .fix(insertion(error, "add the `;`"));
    if let Some(next) = error.related {
        diagnostic = diagnostic.label(next, "nginx reads on to here");
    }
    diagnostic
}
