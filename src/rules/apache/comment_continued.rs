//! `apache/comment-continued`: a comment that ends in a backslash takes the next line along.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::tree::{Dialect, Tree};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/comment-continued",
    severity: Severity::Warning,
    summary: "a comment that ends in a backslash takes the next line along",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/apache/comment-continued.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.files.files.iter().filter(|file| file.dialect == Dialect::Apache) {
        for comment in &file.tree.comments {
            sink.report_some(finding(&file.tree, *comment));
        }
    }
}

/// A line is taken along where the one before ends in a backslash; a comment that goes on as a comment is meant.
fn finding(tree: &Tree, comment: Span) -> Option<Diagnostic> {
    let text = tree.slice(comment);
    let (first, rest) = text.split_once('\n')?;
    let taken = rest.lines().next()?.trim();
    let directive = taken.trim_start_matches('<');
    let word = directive.split([' ', '\t', '>']).next().unwrap_or_default();
    let is_directive = word.len() > 2
        && word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && directive.len() > word.len();
    // The commented line went on there, too: `# RewriteRule a \` and `b [L]`.
    if !is_directive || first.trim_start_matches('#').trim_end_matches(['\\', '\r']).trim().is_empty() {
        return None;
    }
    let lo = comment.lo + (first.len() + 1 + rest.find(taken)?) as u32;
    let slash = first.trim_end_matches('\r').len() as u32 - 1;
    let slash = Span::new(comment.lo + slash, comment.lo + slash + 1);
    let taken_at = Span::new(lo, lo + taken.len() as u32);
    let message = format!("the comment above goes on here: `{taken}` is part of it and has no effect");
    Some(
        Diagnostic::new(taken_at, message, "part of the comment")
            .label(slash, "this backslash joins the lines")
            .note("`apachectl configtest` says Syntax OK")
            .help("take the backslash away, or begin this line with `#`, too")
            .fix(Fix::risky("take the backslash away", vec![Edit::replace(slash, "")])),
    )
}
