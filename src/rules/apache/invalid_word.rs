//! `apache/invalid-word`: an argument that is none of the words a directive takes.

use super::fixed_words::{Refused, listed};
use super::standing::{Standing, is_plain};
use crate::diagnostic::Severity;
use crate::load::apache::Arg;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::spelling::closest;
use crate::vocabulary::{ApacheWord, FixedWords};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/invalid-word",
    severity: Severity::Error,
    summary: "an argument that is none of the words an Apache directive takes",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/invalid-word.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for standing in Standing::all(context) {
        for place in standing.places(context) {
            let Some(word) = standing.accepted(&place) else { continue };
            let Some(words) = word.words.filter(|words| !words.is_switch()) else { continue };
            let wrong_count = word.args.is_some_and(|args| args.most() == Some(1)) && place.args.len() > 1;
            if wrong_count || !is_plain(place.node) {
                continue;
            }
            // Apache stops at the first.
            let checked = if words.of_all() { place.args } else { &place.args[..place.args.len().min(1)] };
            let refused = checked.iter().find_map(|arg| refused(word, words, arg));
            let Some(refused) = refused.filter(Refused::is_known) else { continue };
            sink.report_once(refused.say(context, standing, &place));
        }
    }
}

fn refused<'a>(word: &ApacheWord, words: FixedWords, arg: &'a Arg) -> Option<Refused<'a>> {
    if arg.value.is_empty() || words.take(&arg.value) {
        return None;
    }
    let part = words.part(&arg.value);
    // What stands before it and behind it stays: a sign, `=5`.
    let at = arg.value.rfind(part).unwrap_or_default();
    let (before, behind) = (&arg.value[..at], &arg.value[at + part.len()..]);
    let meant = closest(part, words.all()).map(|close| format!("{before}{close}{behind}"));
    let complaint = word.complaint.replace("%s", part);
    Some(Refused { arg, complaint, choice: listed(words.all()), meant })
}
