//! `syntax/too-deep`: blocks nest deeper than gwlint follows.

use super::report;
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/too-deep",
    severity: Severity::Error,
    summary: "blocks nest deeper than gwlint follows",
    fixable: Fixable::No,
    card: include_str!("../../../rules/syntax/too-deep.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::TooDeep, say);
}

fn say(_: &File, error: &SyntaxError) -> Diagnostic {
    let message = "blocks nest deeper than gwlint follows: what stands deeper is not checked";
    Diagnostic::new(error.span, message, "from here on")
        .note("nginx itself ends with a segmentation fault at some 14,000 blocks")
        .help("close the blocks above")
}
