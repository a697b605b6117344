//! `syntax/text-after-quote`: text stands right behind a closing quote.

use super::{outcome, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/text-after-quote",
    severity: Severity::Error,
    summary: "text stands right behind a closing quote",
    fixable: Fixable::No,
    card: include_str!("../../../rules/syntax/text-after-quote.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::TextAfterQuote, say);
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let message = format!("nginx takes nothing right behind a closing quote: {}", outcome(file));
    let mut diagnostic = Diagnostic::new(error.span, message, "only a blank, `;`, `{` or `)` can stand here")
        .help("put the whole word in quotes, or a blank between the two");
    if let Some(quoted) = error.related {
        diagnostic = diagnostic.label(quoted, "the quoted word");
    }
    diagnostic
}
