//! `fpm/process-max`: all pools together may have fewer children than their numbers say.

use super::children::CHILDREN;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::{Entry, Fpm};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/process-max",
    severity: Severity::Warning,
    summary: "process.max allows fewer children than the pools are to have",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/fpm/process-max.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in &context.stack.fpm {
        sink.report_some(finding(context, fpm));
    }
}

fn finding(context: &Context<'_>, fpm: &Fpm) -> Option<Diagnostic> {
    let global = fpm.global.as_ref()?;
    let entry = global.said("process.max")?;
    let most = global.number("process.max").filter(|most| *most > 0)?;
    let numbers: Vec<(&Entry, i64)> =
        fpm.pools.iter().filter_map(|pool| Some((pool.get(CHILDREN)?, pool.number(CHILDREN)?))).collect();
    let sum: i64 = numbers.iter().map(|(_, number)| *number).fold(0, i64::saturating_add);
    if most >= sum {
        return None;
    }
    let pools = if numbers.len() == 1 { "the pool is" } else { "the pools together are" };
    let message = format!(
        "{pools} to have {sum} children, and process.max = {most} ends it before: when those are busy requests wait and answer 504"
    );
    let mut found = Diagnostic::new(entry.span, message, "for all pools");
    for (entry, _) in &numbers {
        found = found.label(entry.span, "counts");
    }
    let edit = edits::restate(context.files.node(entry.at), &sum.to_string());
    Some(
        found
            .note(
                "FPM logs: WARNING: The maximum number of processes has been reached. Please review your configuration and \
                 consider raising 'process.max'",
            )
            .help(format!("write `process.max = {sum}`, or lower pm.max_children"))
            .fix(Fix::risky(format!("allow {sum} children"), vec![edit])),
    )
}
