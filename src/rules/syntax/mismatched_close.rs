//! `syntax/mismatched-close`: a closing tag closes another section than the open one.

use super::{outcome, report};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::spelling::closest;
use crate::tree::{SyntaxError, SyntaxKind};
use crate::vocabulary;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/mismatched-close",
    severity: Severity::Error,
    summary: "a closing tag closes another section than the open one",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/syntax/mismatched-close.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, SyntaxKind::MismatchedClose, say);
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let message = format!("`</{}>` does not close the section that is open: {}", error.what, outcome(file));
    let mut diagnostic = Diagnostic::new(error.span, message, "this closes another section");
    if let Some(open) = error.related {
        diagnostic = diagnostic.label(open, "this is open");
    }
    match misspelt(file, error) {
        Some((span, name, right)) => {
            let fix =
                Fix::safe(format!("write `{right}` for `{name}`"), vec![Edit::replace(span, right.clone())]);
            diagnostic.help(format!("did you mean `{right}`, not `{name}`?")).fix(fix)
        }
        None => diagnostic.help("close the inner section first"),
    }
}

/// Where one of the two tags is a slip of the other, which is a section Apache knows: the name that is wrong, and the
/// right one.
fn misspelt(file: &File, error: &SyntaxError) -> Option<(Span, String, String)> {
    let head = file.tree.slice(error.related?);
    let open = head.strip_prefix('<')?.split([' ', '\t', '>']).next()?;
    let name_at = |lo: u32, name: &str| Some(Span::new(lo, lo + u32::try_from(name.len()).ok()?));
    let close = error.what.as_str();
    let close_at = file.tree.slice(error.span).find(close).and_then(|at| u32::try_from(at).ok())?;
    let known = |name: &str| vocabulary::apache(name, true).is_some();
    let (at, wrong, right) = match (known(open), known(close)) {
        (true, false) => (name_at(error.span.lo + close_at, close)?, close, open),
        (false, true) => (name_at(error.related?.lo + 1, open)?, open, close),
        _ => return None,
    };
    closest(wrong, [right]).map(|right| (at, wrong.to_owned(), right.to_owned()))
}
