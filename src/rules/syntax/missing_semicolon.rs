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
    for file in &context.files.files {
        for error in file.tree.errors.iter().filter(|error| error.kind == SyntaxKind::RunOn) {
            sink.report_as(Severity::Warning, swallowed(error));
        }
    }
}

/// nginx takes the next line for values, and starts.
fn swallowed(error: &SyntaxError) -> Diagnostic {
    let name = &error.what;
    let message = format!("`{name}` is not ended by a `;`: nginx takes the next line for more of its values");
    let diagnostic = Diagnostic::new(error.span, message, "a `;` is missing here")
        .note("nginx starts and logs nothing: what the next line says does not hold")
        .help("end the line with a `;`")
        .fix(insertion(error, "add the `;`"));
    match error.related {
        Some(next) => diagnostic.label(next, "this is read as a value"),
        None => diagnostic,
    }
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
