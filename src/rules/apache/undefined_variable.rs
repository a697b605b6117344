//! `apache/undefined-variable`: a `${NAME}` that nothing defines stays as it is written.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::spelling::closest;
use crate::tree::Dialect;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/undefined-variable",
    severity: Severity::Warning,
    summary: "a variable that nothing defines stays as it is written",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/apache/undefined-variable.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for server in
        context.files.servers.iter().filter(|server| server.whole && server.dialect == Dialect::Apache)
    {
        // Without the script that starts it, nobody knows what is in the environment of Apache.
        if context.disk.kind(&server.home.join("envvars")).is_none() {
            continue;
        }
        let Some(apache) = &server.apache else { continue };
        for (name, span) in &apache.undefined {
            if is_variable(name) && seen.insert((*span, name.as_str())) {
                sink.report(finding(context, name, *span, &apache.variables));
            }
        }
    }
}

/// `${map:key}` is a map of `mod_rewrite`, and `mod_macro` and regular expressions have braces of their own.
fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

fn finding(context: &Context<'_>, name: &str, span: Span, known: &[String]) -> Diagnostic {
    let message = format!("nothing defines `{name}`: Apache reads `${{{name}}}` as it is written");
    let found = Diagnostic::new(span, message, "stays as it is")
        .note(format!("Apache logs: AH00111: Config variable ${{{name}}} is not defined"));
    let Some(meant) = closest(name, known.iter().map(String::as_str)) else {
        return found.help(format!("write `Define {name} …` above it, or `export {name}=…` into envvars"));
    };
    let written = format!("${{{name}}}");
    let text = context.sources.text(span);
    let edit = text.find(&written).filter(|_| text.matches(&written).count() == 1).map(|at| {
        let lo = span.lo + at as u32;
        Edit::replace(Span::new(lo, lo + written.len() as u32), format!("${{{meant}}}"))
    });
    let fix = edit.map(|edit| Fix::risky(format!("write ${{{meant}}}"), vec![edit]));
    found.help(format!("is `${{{meant}}}` meant?")).fix(fix)
}
