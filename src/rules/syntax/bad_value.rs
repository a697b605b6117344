//! `syntax/bad-value`: a character that has a meaning of its own stands in an unquoted value.

use super::{errors, outcome};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::tree::{SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/bad-value",
    severity: Severity::Error,
    summary: "a character that has a meaning of its own stands in an unquoted value",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/syntax/bad-value.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (file, error) in errors(context, SyntaxKind::BadValue) {
        let line = context.sources.file(file.id).line_span(error.span.lo);
        sink.report(say(file, error).fix(quoted(file, error, line)));
    }
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let what = &error.what;
    let message = format!("`{what}` has a meaning of its own in an unquoted value: {}", outcome(file));
    Diagnostic::new(error.span, message, format!("unexpected `{what}`"))
        .note(format!("PHP says: syntax error, unexpected '{what}'"))
        .help("put the value in double quotes")
}

/// Quotes around the value. Brackets alone make no expression, so that what is meant is the text.
fn quoted(file: &File, error: &SyntaxError, line: Span) -> Option<Fix> {
    let text = file.tree.slice(line);
    let from = text.find('=')? + 1;
    let value = text[from..].trim();
    let start = from + (text.len() - from - text[from..].trim_start().len());
    let lo = line.lo + start as u32;
    let span = Span::new(lo, lo + value.len() as u32);
    let plain = value.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
        && !value.contains(['"', '\'', '\\', ';', '#', '$', '|', '&', '^', '~', '!', '=']);
    let edit = Edit::replace(span, format!("\"{value}\""));
    (plain && span.contains(error.span)).then(|| Fix::safe("put the value in quotes", vec![edit]))
}
