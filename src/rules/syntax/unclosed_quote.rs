//! `syntax/unclosed-quote`: a quote has no end.

use super::{errors, outcome};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{Dialect, SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/unclosed-quote",
    severity: Severity::Error,
    summary: "a quote has no end",
    fixable: Fixable::No,
    card: include_str!("../../../rules/syntax/unclosed-quote.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (file, error) in errors(context, SyntaxKind::UnclosedQuote) {
        let (severity, outcome) = match file.dialect {
            Dialect::Fpm if is_silent(file, error) => {
                (Severity::Warning, "PHP-FPM reads the value up to it and drops the rest of the line")
            }
            Dialect::Php if is_silent(file, error) => (
                Severity::Error,
                "PHP reads nothing from here to the end of the file, and says nothing of it",
            ),
            _ => (Severity::Error, outcome(file)),
        };
        let message = format!("this quote has no end: {outcome}");
        let diagnostic = Diagnostic::new(error.span, message, "opened here");
        sink.report_as(severity, diagnostic.help("close the quote on the line where the text ends"));
    }
}

/// Whether PHP takes what stands before the quote for the whole value: it gives up without a word where it
/// meets a `'` with no end behind a value.
fn is_silent(file: &File, error: &SyntaxError) -> bool {
    let Some(value) = error.related else { return false };
    let text = &file.tree.text;
    let at = (error.span.lo - file.tree.base) as usize;
    let before = &text[(value.lo - file.tree.base) as usize..at];
    let (before, rest) = (before.trim_end_matches([' ', '\t']), &text[at + 1..]);
    // FPM reads line by line.
    let rest = if file.dialect == Dialect::Fpm { rest.lines().next().unwrap_or_default() } else { rest };
    error.what == "'"
        && !rest.contains('\'')
        && !before.contains('(')
        && before.ends_with(|last: char| !"&|^~!=".contains(last))
}
