//! `apache/else-without-if`: an `<Else>` with no `<If>` before it.

use std::collections::HashSet;

use super::lines::outcome;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Command};
use crate::stack::nginx::ScopeId;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/else-without-if",
    severity: Severity::Error,
    summary: "an `<Else>` or `<ElseIf>` with no `<If>` before it",
    fixable: Fixable::No,
    card: include_str!("../../../rules/apache/else-without-if.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for apache in &context.stack.apache {
        // Where an `<If>` or `<ElseIf>` was read so far.
        let mut begun: HashSet<ScopeId> = HashSet::new();
        for id in apache.section_ids() {
            let section = apache.section(id);
            let (Some(at), Some(scope)) = (section.at, section.parent) else { continue };
            let node = context.files.node(at);
            let (is_else, is_else_if) = (node.is("Else"), node.is("ElseIf"));
            if (is_else || is_else_if)
                && !begun.contains(&scope)
                && in_sight(apache, scope)
                && seen.insert(at)
            {
                let command = Command { apache, scope, node, args: &section.args };
                sink.report(finding(context, &command));
            }
            if is_else_if || node.is("If") {
                begun.insert(scope);
            }
        }
    }
}

/// Whether all that stands before it is in sight.
fn in_sight(apache: &Apache, scope: ScopeId) -> bool {
    scope != ScopeId(0) || apache.whole || apache.is_htaccess()
}

fn finding(context: &Context<'_>, command: &Command<'_>) -> Diagnostic {
    let outcome = outcome(context, command);
    let name = command.name();
    let message = format!("`<{name}>` follows no `<If>` of the section it stands in: {outcome}");
    Diagnostic::new(command.head(), message, "no `<If>` before it")
        .note(
            "Apache logs: <Else> or <ElseIf> section without previous <If> or <ElseIf> section in same scope",
        )
        .help("write it behind its `<If>`, in the same section; `<IfModule>` and `<IfDefine>` are no `<If>`")
}
