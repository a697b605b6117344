//! `apache/not-overridable`: an .htaccess says what `AllowOverride` does not let it say.

use super::outcome::{logs, outcome};
use super::standing::{Standing, is_named};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Place, Rights};
use crate::vocabulary::{ApacheWord, Places};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/not-overridable",
    severity: Severity::Error,
    summary: "an .htaccess says what AllowOverride does not let it say: every request answers 500",
    fixable: Fixable::No,
    card: include_str!("../../../rules/apache/not-overridable.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for standing in Standing::all(context) {
        let rights = standing.governor.and_then(|governor| governor.rights.as_ref());
        let Some(rights) = rights.filter(|rights| !rights.forgives_overrides) else { continue };
        for place in standing.places(context) {
            // What no .htaccess may say is the matter of apache/wrong-context.
            let word = place.word.filter(|word| place.ground.takes(word) && !word.is_foreign());
            let Some(word) = word.filter(|word| !standing.lacks(word) && !rights.allow(word)) else {
                continue;
            };
            if is_named(place.node) {
                sink.report_once(finding(context, standing.apache, &place, word, rights));
            }
        }
    }
}

fn finding(
    context: &Context<'_>,
    apache: &Apache,
    place: &Place<'_>,
    word: &ApacheWord,
    rights: &Rights,
) -> Diagnostic {
    let written = word.written();
    let head = place.node.head();
    let message =
        format!("AllowOverride does not let an .htaccess say `{written}`: {}", outcome(context, apache));
    let bracket = if word.section { "<" } else { "" };
    let complaint = match apache.node(context.files, place.scope) {
        Some(section) => format!("{bracket}{} not allowed in <{}> context", word.logged, section.name()),
        None => format!("{bracket}{} not allowed here", word.logged),
    };
    let mut found = Diagnostic::new(head, message, "not allowed here")
        .note(logs(context, apache, head, &complaint))
        .help(format!("add {} to AllowOverride, or move `{written}` into the <Directory>", classes(word)));
    if let Some(said) = rights.said {
        found = found.label(said, "what the .htaccess may say");
    }
    found
}

/// The classes that would allow a directive.
fn classes(word: &ApacheWord) -> String {
    let classes = Places::CLASSES.iter().filter(|(_, class)| word.places.meets(*class));
    let names: Vec<&str> = classes.map(|&(name, _)| name).collect();
    names.join(" or ")
}
