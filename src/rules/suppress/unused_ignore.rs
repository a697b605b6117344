//! `suppress/unused-ignore`: an ignore comment that silences nothing.

use crate::diagnostic::Severity;
use crate::rule::{Context, Fixable, Rule, Sink};

pub(crate) static RULE: Rule = Rule {
    name: "suppress/unused-ignore",
    severity: Severity::Hint,
    summary: "an ignore comment silences nothing",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/suppress/unused-ignore.md"),
    check,
};

/// No tree shows what a comment silences: src/suppress/unused.rs finds it when all other rules have spoken.
fn check(_: &Context<'_>, _: &mut Sink<'_>) {}
