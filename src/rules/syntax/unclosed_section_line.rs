//! `syntax/unclosed-section-line`: the first line of a section has no `>` or `]`.

use super::{insertion, outcome, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{Dialect, SyntaxError, SyntaxKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/unclosed-section-line",
    severity: Severity::Error,
    summary: "the first line of a section has no `>` or `]`",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/syntax/unclosed-section-line.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::UnclosedSectionLine, say);
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let mark = if file.dialect == Dialect::Apache { '>' } else { ']' };
    let message = format!("this section line has no `{mark}`: {}", outcome(file));
    let found = Diagnostic::new(error.span, message, "begun here");
    match error.insert.as_ref().map(|(_, text)| &**text) {
        // `<RequireAll> # note`: httpd looks for a `>` behind the name and its blank.
        Some("\n") => found
            .help("write what stands behind it on a line of its own")
            .fix(insertion(error, "break the line")),
        _ => found.help(format!("end the line with `{mark}`")).fix(insertion(error, "end the line")),
    }
}
