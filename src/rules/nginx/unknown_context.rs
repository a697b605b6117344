//! `nginx/unknown-context`: a comment `gwlint: context` names no context.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::spelling::closest;
use crate::stack::nginx::context_comments;
use crate::tree::{Dialect, Tree};
use crate::vocabulary::Contexts;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/unknown-context",
    severity: Severity::Warning,
    summary: "a comment `gwlint: context` names no context, and counts for nothing",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/unknown-context.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in context.files.files.iter().filter(|file| file.dialect == Dialect::Nginx) {
        for name in context_comments(&file.tree) {
            if Contexts::named(file.tree.slice(name)).is_none() {
                sink.report(finding(&file.tree, name));
            }
        }
    }
}

fn finding(tree: &Tree, span: Span) -> Diagnostic {
    let name = tree.slice(span);
    let message = format!("nginx has no context `{name}`: this comment counts for nothing");
    let meant = closest(name, Contexts::NAMES);
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("write some of {}, with commas between them", Contexts::NAMES.join(", ")),
    };
    let fix = meant.map(|meant| Fix::safe(format!("write {meant}"), vec![Edit::replace(span, meant)]));
    Diagnostic::new(span, message, "not known").help(help).fix(fix)
}
