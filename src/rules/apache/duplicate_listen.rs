//! `apache/duplicate-listen`: two `Listen` for one address and port.

use std::collections::HashMap;

use super::lines::is_filled_in;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::apache::{Apache, Command};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/duplicate-listen",
    severity: Severity::Error,
    summary: "two `Listen` for one address and port",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/duplicate-listen.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in context.stack.apache.iter().filter(|apache| apache.whole) {
        let mut seen: HashMap<&str, Command<'_>> = HashMap::new();
        for command in apache.commands(context.files).filter(|command| command.node.is("Listen")) {
            let Some(place) = place(apache, &command) else { continue };
            match seen.get(place) {
                Some(first) => sink.report(finding(place, first, &command)),
                None => drop(seen.insert(place, command)),
            }
        }
    }
}

/// The address and port as Apache compares them: letter for letter, but for a `*` that says nothing.
fn place<'a>(apache: &Apache, command: &Command<'a>) -> Option<&'a str> {
    let text = command.value(0)?;
    let place = text.strip_prefix("*:").unwrap_or(text);
    // Whether the modules are there that a condition asks for is known of a whole server only.
    let certain = apache.modules.complete || command.node.parent().is_none();
    (certain && !is_filled_in(place.trim_start_matches('['))).then_some(place)
}

fn finding(place: &str, first: &Command<'_>, second: &Command<'_>) -> Diagnostic {
    let head = second.head();
    let found = Diagnostic::new(
        head,
        format!("Apache listens on `{place}` already, and listens nowhere twice: Apache does not start"),
        "listens there again",
    )
    .note("Apache logs: Cannot define multiple Listeners on the same IP:port");
    if first.at() == second.at() {
        let help = "the file it stands in is included twice: take one of the includes out";
        return found.help(help);
    }
    let span: Span = first.head();
    found
        .label(span, "listens there first")
        .help("take one of the two lines out")
        .fix(Some(Fix::safe("take the second line out", vec![edits::remove_node(second.node)])))
}
