//! `syntax/utf-16`: the file is saved as UTF-16.

use super::{outcome, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/utf-16",
    severity: Severity::Error,
    summary: "the file is saved as UTF-16",
    fixable: Fixable::No,
    card: include_str!("../../../rules/syntax/utf-16.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::Utf16, say);
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let message = format!("the file is saved as UTF-16, with two bytes for each letter: {}", outcome(file));
    let name = file.path.file_name().unwrap_or_default().to_string_lossy();
    Diagnostic::new(error.span, message, "nothing behind this can be read")
        .help(format!("save it as UTF-8: `iconv -f UTF-16 -t UTF-8 {name}`, and take a byte order mark out"))
}
