//! `syntax/unclosed-block`: a block or section is never closed.

use super::{insertion, outcome, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{Dialect, SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/unclosed-block",
    severity: Severity::Error,
    summary: "a block or section is never closed",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/syntax/unclosed-block.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::UnclosedBlock, say);
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let name = &error.what;
    let closing = if file.dialect == Dialect::Apache { format!("</{name}>") } else { "}".to_owned() };
    let message = format!("`{name}` is never closed: {}", outcome(file));
    let mut diagnostic = Diagnostic::new(error.span, message, format!("no `{closing}` belongs to this"))
        .help(format!("close it with `{closing}`"))
        .fix(insertion(error, "close it"));
    if let Some(opening) = error.related.filter(|related| !error.span.contains(*related)) {
        diagnostic = diagnostic.label(opening, "opened here");
    }
    diagnostic
}
