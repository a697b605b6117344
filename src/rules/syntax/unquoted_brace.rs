//! `syntax/unquoted-brace`: a regular expression of nginx holds a `{`, and no quotes are around it.

use super::{outcome, report};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/unquoted-brace",
    severity: Severity::Error,
    summary: "the `{4}` of a regular expression that is not in quotes begins a block",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/syntax/unquoted-brace.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::BraceInWord, say);
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let expression = &error.what;
    let message =
        format!("`{expression}` is not in quotes, so that its `{{` begins a block: {}", outcome(file));
    let brace = error.related.unwrap_or(error.span);
    let mut found = Diagnostic::new(brace, message, "nginx ends the word here");
    if let Some(quoted) = in_quotes(expression) {
        let edit = Edit::replace(error.span, &quoted);
        found = found.help(format!("write `{quoted}`")).fix(Fix::safe("put it in quotes", vec![edit]));
    }
    found
}

/// The expression in the quotes that do not stand in it. Escapes mean the same with and without. Around
/// curly quotes others would change nothing.
fn in_quotes(expression: &str) -> Option<String> {
    if !expression.starts_with(|first: char| first.is_ascii()) {
        return None;
    }
    let quote = ['"', '\''].into_iter().find(|&quote| !expression.contains(quote))?;
    Some(format!("{quote}{expression}{quote}"))
}
