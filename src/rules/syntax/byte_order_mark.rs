//! `syntax/byte-order-mark`: the file begins with a byte order mark.

use super::{outcome, report};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/byte-order-mark",
    severity: Severity::Error,
    summary: "the file begins with a byte order mark",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/syntax/byte-order-mark.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::ByteOrderMark, say);
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let message = format!("the file begins with a byte order mark, which no editor shows: {}", outcome(file));
    Diagnostic::new(error.span, message, "three bytes, EF BB BF, stand here")
        .help("save the file as UTF-8 without a byte order mark")
        .fix(Fix::safe("take the byte order mark out", vec![Edit::replace(error.span, "")]))
}
