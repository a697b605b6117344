//! `target/php-version-mismatch`: a gateway calls the socket of a PHP version that has no pool.

use super::{Case, report_php};
use crate::diagnostic::Severity;
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/php-version-mismatch",
    severity: Severity::Error,
    summary: "a gateway calls the socket of a PHP version that has no pool",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/target/php-version-mismatch.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report_php(context, sink, Case::PhpVersion);
}
