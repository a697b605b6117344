//! `apache/invalid-switch`: a switch that is neither `On` nor `Off`.

use super::fixed_words::Refused;
use super::standing::{Standing, is_plain};
use crate::diagnostic::Severity;
use crate::load::apache::Arg;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::Place;
use crate::value;
use crate::vocabulary::{ApacheArgs, ApacheWord, FixedWords};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/invalid-switch",
    severity: Severity::Error,
    summary: "a switch of Apache that is neither On nor Off",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/invalid-switch.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for standing in Standing::all(context) {
        for place in standing.places(context) {
            let Some(word) = standing.accepted(&place).filter(|word| is_switch(word)) else { continue };
            let Some(refused) = refused(&place, word) else { continue };
            if refused.is_known() && is_plain(place.node) {
                sink.report_once(refused.say(context, standing, &place));
            }
        }
    }
}

/// Whether it takes `On` and `Off`, and nothing else.
fn is_switch(word: &ApacheWord) -> bool {
    word.args == Some(ApacheArgs::Flag) || word.words.is_some_and(FixedWords::is_switch)
}

fn refused<'a>(place: &Place<'a>, word: &ApacheWord) -> Option<Refused<'a>> {
    let arg = place.args.first()?;
    if value::apache_flag(&arg.value).is_ok() {
        return None;
    }
    let complaint = if word.complaint.is_empty() {
        format!("{} must be On or Off", word.logged)
    } else {
        word.complaint.replace("%s", &arg.value)
    };
    Some(Refused { arg, complaint, choice: "On or Off".to_owned(), meant: meant(arg) })
}

/// What people write for on and off.
fn meant(arg: &Arg) -> Option<String> {
    let meant = match arg.value.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" | "enable" | "enabled" | "active" => "On",
        "no" | "false" | "0" | "disable" | "disabled" | "none" | "of" => "Off",
        _ => return None,
    };
    Some(meant.to_owned())
}
