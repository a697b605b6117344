//! `apache/wrong-context`: a directive or section where Apache does not allow it.

use super::outcome::{brought_in, logs, outcome};
use super::standing::{Standing, is_named};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::apache::{Apache, Place};
use crate::vocabulary::{ApacheWord, Inside, Places};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/wrong-context",
    severity: Severity::Error,
    summary: "a directive or section where Apache does not allow it",
    fixable: Fixable::No,
    card: include_str!("../../../rules/apache/wrong-context.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for standing in Standing::all(context) {
        for place in standing.places(context) {
            let Some(word) = place.word.filter(|word| !place.ground.takes(word)) else { continue };
            let listed = standing.governor.and_then(|governor| governor.rights.as_ref());
            let forgiven = listed.is_some_and(|rights| rights.forgives_overrides || rights.allow(word));
            if !forgiven && !standing.lacks(word) && is_named(place.node) {
                sink.report_once(finding(context, standing.apache, &place, word));
            }
        }
    }
}

fn finding(context: &Context<'_>, apache: &Apache, place: &Place<'_>, word: &ApacheWord) -> Diagnostic {
    let (culprit, opened) = culprit(context, apache, place, word);
    let head = place.node.head();
    let message = format!("`{}` is not allowed {culprit}: {}", word.written(), outcome(context, apache));
    let mut found = Diagnostic::new(head, message, format!("not allowed {culprit}"))
        .note(logs(context, apache, head, &complaint(context, apache, place, word)))
        .help(help(word));
    if let Some(section) = opened {
        found = found.label(section, "the section it stands in");
    }
    if let Some(include) = brought_in(context, apache, place) {
        found = found.label(include, "included here");
    }
    found
}

/// Where it may not stand, and the section that is so.
fn culprit(
    context: &Context<'_>,
    apache: &Apache,
    place: &Place<'_>,
    word: &ApacheWord,
) -> (String, Option<Span>) {
    let forbidding = place.ground.forbidding(word);
    if place.ground.htaccess && apache.section(place.scope).at.is_none() {
        return ("in an .htaccess".to_owned(), None);
    }
    if !forbidding.shared(Inside::OUTSIDE).is_empty() {
        return ("outside of <Directory>, <Location> and their like".to_owned(), None);
    }
    if !forbidding.shared(Inside::MAIN).is_empty() {
        return ("outside of <VirtualHost>".to_owned(), None);
    }
    let mut around = apache.around(place.scope).filter_map(|id| apache.node(context.files, id));
    let section = if forbidding.is_empty() {
        around.next()
    } else {
        around.find(|section| names(forbidding).any(|name| section.is(name)))
    };
    match section {
        Some(section) => (format!("in <{}>", section.name()), Some(section.head())),
        None => ("outside of <Directory>, <Location> and their like".to_owned(), None),
    }
}

/// The sections that are of a kind.
fn names(kinds: Inside) -> impl Iterator<Item = &'static str> {
    const KINDS: &[(Inside, &[&str])] = &[
        (Inside::VHOST, &["VirtualHost"]),
        (Inside::LIMIT, &["Limit", "LimitExcept", "RequireAll", "RequireAny", "RequireNone"]),
        (Inside::DIRECTORY, &["Directory", "DirectoryMatch"]),
        (Inside::LOCATION, &["Location", "LocationMatch"]),
        (Inside::FILES, &["Files", "FilesMatch", "If", "ElseIf", "Else"]),
        (Inside::PROXY, &["Proxy", "ProxyMatch"]),
    ];
    let held = KINDS.iter().filter(move |(kind, _)| !kind.shared(kinds).is_empty());
    held.flat_map(|(_, names)| names.iter().copied())
}

/// What Apache 2.4.71 says.
fn complaint(context: &Context<'_>, apache: &Apache, place: &Place<'_>, word: &ApacheWord) -> String {
    let bracket = if word.section { "<" } else { "" };
    let forbidding = place.ground.forbidding(word);
    let around = apache.node(context.files, place.scope);
    if !word.places.meets(place.ground.allowed) {
        return match around {
            Some(section) => format!("{bracket}{} not allowed in <{}> context", word.logged, section.name()),
            None => format!("{bracket}{} not allowed here", word.logged),
        };
    }
    let closing = if word.section { ">" } else { "" };
    let name = format!("{bracket}{}{closing}", word.logged);
    if !forbidding.shared(Inside::VHOST).is_empty() {
        return format!("{name} cannot occur within <VirtualHost> section");
    }
    if !forbidding.shared(Inside::MAIN).is_empty() {
        return format!("{name} only used in <VirtualHost>");
    }
    if !forbidding.shared(Inside::OUTSIDE).is_empty() {
        return format!("{name}: only valid in per-directory config files");
    }
    if !forbidding.shared(Inside::LIMIT).is_empty() {
        return format!("{name} cannot occur within <Limit> or <LimitExcept> section");
    }
    let mut all = apache.around(place.scope).filter_map(|id| apache.node(context.files, id));
    let section = all.find(|section| names(forbidding).any(|name| section.is(name)));
    let section = section.map_or("Directory", |section| section.name());
    format!("{name} cannot occur within <{section}> section")
}

/// Where it may stand.
fn help(word: &ApacheWord) -> String {
    let server = word.places.meets(Places::SERVER);
    let inner = word.places.meets(Places::SECTION | Places::OVERRIDES);
    let main_only = !word.forbidden.shared(Inside::VHOST).is_empty();
    let host_only = !word.forbidden.shared(Inside::MAIN).is_empty();
    let section_only =
        !word.forbidden.shared(Inside::OUTSIDE).is_empty() || !word.places.meets(Places::outside());
    let to = match () {
        () if main_only => "outside of all sections",
        () if host_only => "into a <VirtualHost>",
        () if server && !inner => "into the <VirtualHost> itself, or outside of all sections",
        () if section_only => "into a <Directory>, <Location> or <Files>",
        () => "out of this section, into the one around it",
    };
    format!("move `{}` {to}", word.written())
}
