//! `apache/undefined-macro`: `Use` of a macro that nothing defines.

use std::collections::HashSet;

use super::lines::is_filled_in;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::apache::Expanded;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::spelling::closest;
use crate::stack::apache::Apache;
use crate::vocabulary::apache_module;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/undefined-macro",
    severity: Severity::Error,
    summary: "`Use` of a macro that nothing before it defines",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/undefined-macro.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for server in context.files.servers.iter().filter(|server| server.whole) {
        let Some(read) = &server.apache else { continue };
        let mut known = context.stack.apache.iter().filter(|apache| apache.file == server.files[0]);
        // A file out of sight may define it.
        if !known.any(|apache| apache.modules.complete && has_macros(apache)) {
            continue;
        }
        for (name, span) in &read.unknown_macros {
            if !is_filled_in(name) && seen.insert(*span) {
                sink.report(finding(context, read, name, *span));
            }
        }
    }
}

/// Without `mod_macro`, `Use` is what is not known.
fn has_macros(apache: &Apache) -> bool {
    apache_module("mod_macro").is_some_and(|module| !apache.modules.lack(module))
}

fn finding(context: &Context<'_>, read: &Expanded, name: &str, span: Span) -> Diagnostic {
    let lower = name.to_ascii_lowercase();
    if read.macros.contains(&lower) {
        let message = format!("the macro `{name}` is used before it is defined: Apache does not start");
        return Diagnostic::new(span, message, "is defined only below")
            .note(format!("Apache logs: macro '{lower}' undefined"))
            .help("put the `<Macro>` above the first `Use`: Apache reads from top to bottom");
    }
    let message = format!("nothing defines a macro `{name}`: Apache does not start");
    let log = if read.macros.is_empty() {
        "no macro defined before Use".to_owned()
    } else {
        format!("macro '{lower}' undefined")
    };
    let found = Diagnostic::new(span, message, "no macro of this name").note(format!("Apache logs: {log}"));
    let Some(meant) = closest(&lower, read.macros.iter().map(String::as_str)) else {
        return found.help(format!("define it with `<Macro {name} …>` above"));
    };
    let plain = context.sources.text(span) == name;
    let fix = plain.then(|| Fix::safe(format!("write {meant}"), vec![Edit::replace(span, meant)]));
    found.help(format!("write `{meant}`")).fix(fix)
}
