//! `apache/mpm-conflict`: two worker models are loaded, or a mod_php that knows no threads with one that has them.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/mpm-conflict",
    severity: Severity::Error,
    summary: "two worker models are loaded, or mod_php with a model that has threads, and Apache does not start",
    fixable: Fixable::No,
    card: include_str!("../../../rules/apache/mpm-conflict.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in context.stack.apache.iter().filter(|apache| apache.whole) {
        let loaded = &apache.modules.loaded;
        let mut models = loaded.iter().filter(|(name, _)| name.starts_with("mpm_"));
        let Some((first, first_span)) = models.next() else { continue };
        if let Some((second, span)) = models.find(|(name, _)| name != first) {
            let message =
                format!("{} and {} are both loaded: Apache does not start", short(first), short(second));
            let found = Diagnostic::new(*span, message, "the second worker model")
                .label(*first_span, "the first one")
                .note("Apache logs: AH00534: apache2: Configuration error: More than one MPM loaded.")
                .help(format!(
                    "load one of them: `a2dismod {}`, or `a2dismod {}`",
                    short(first),
                    short(second)
                ));
            sink.report(found);
        }
    }
}

/// `mpm_event` of `mpm_event_module`.
fn short(identifier: &str) -> &str {
    identifier.strip_suffix("_module").unwrap_or(identifier)
}
