//! `value/invalid-word`: a word that is none of those a directive takes.

use super::{Fault, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::vocabulary::Class;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "value/invalid-word",
    severity: Severity::Error,
    summary: "a word that is none of those the directive takes, so that nginx does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/value/invalid-word.md"),
    check,
};

/// So many words are listed in a message; more are listed below it.
const FEW: usize = 5;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    report(context, sink, Class::Word, |fault| Some(finding(fault)));
}

fn finding(fault: &Fault<'_>) -> Diagnostic {
    let (value, of, takes) = (fault.value(), fault.of(), fault.slot.describe());
    if fault.slot.kind.words().count() <= FEW {
        let message = format!("`{value}` is no word for {of}, which takes {takes}: nginx does not start");
        return fault.finding(message);
    }
    let mut found = fault.finding(format!("`{value}` is no word for {of}: nginx does not start"));
    found.help = found.help.or_else(|| Some(format!("it takes {takes}")));
    found
}
