//! `syntax/missing-brace`: the head of a block is not followed by a `{`.

use super::{insertion, outcome, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/missing-brace",
    severity: Severity::Error,
    summary: "the head of a block is not followed by a `{`",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/syntax/missing-brace.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::MissingBrace, say);
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let name = &error.what;
    let message = format!("`{name}` has no `{{`: {}", outcome(file));
    let mut diagnostic = Diagnostic::new(error.span, message, "a `{` is missing behind this")
        .note(format!("nginx logs, for a line further down: directive \"{name}\" has no opening \"{{\""))
        .help("open the block with a `{`")
        .fix(insertion(error, "add the `{`"));
    if let Some(next) = error.related {
        diagnostic = diagnostic.label(next, "nginx takes this for one more argument");
    }
    diagnostic
}
