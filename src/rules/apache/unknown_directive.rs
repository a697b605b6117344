//! `apache/unknown-directive`: a name that no module of Apache knows.

use std::collections::HashMap;

use super::outcome::{logs, outcome};
use super::standing::{Standing, is_named};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::spelling::closest;
use crate::stack::apache::Place;
use crate::tree::{NodeRef, SyntaxKind};
use crate::vocabulary::{ApacheModule, ApacheWord, apache, apache_words, third_party};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/unknown-directive",
    severity: Severity::Error,
    summary: "a directive or section that no module of Apache knows, with which it does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/unknown-directive.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut meant = HashMap::new();
    for standing in Standing::all(context) {
        for place in standing.places(context).filter(is_unknown) {
            let name = place.node.name();
            if !is_name(name)
                || context.options.has_apache(name)
                || !is_named(place.node)
                || is_mismatched(place.node)
                || forgiven(standing)
            {
                continue;
            }
            let section = place.node.body().is_some();
            let close = *meant.entry((name, section)).or_insert_with(|| Meant::of(name, section));
            if third_party(name).is_some_and(|module| !is_slip(name, close, module)) {
                continue;
            }
            let certain = close.is_some_and(|close| !matches!(close, Meant::Gone(_)));
            if certain || standing.knows_all() {
                sink.report_once(finding(context, standing, &place, close));
            }
        }
    }
}

/// Whether no Apache 2.4 knows it.
fn is_unknown(place: &Place<'_>) -> bool {
    place.word.is_none_or(ApacheWord::is_removed)
}

/// What an unknown name was meant to be.
#[derive(Debug, Clone, Copy)]
enum Meant {
    /// A name close to it.
    Close(&'static str),
    /// A section, written as a directive.
    Section(&'static str),
    /// A directive, written as a section.
    Directive(&'static str),
    /// A directive that 2.4 has no more, and what it has instead.
    Gone(&'static str),
}

impl Meant {
    fn of(name: &str, section: bool) -> Option<Self> {
        if let Some(word) = apache(name, section).filter(|word| word.is_removed()) {
            return Some(Self::Gone(word.means));
        }
        if let Some(word) = apache(name, !section) {
            return Some(if section { Self::Directive(word.name) } else { Self::Section(word.name) });
        }
        let words = apache_words().filter(|word| word.section == section && !word.is_foreign());
        closest(name, words.map(|word| word.name)).map(Self::Close)
    }
}

/// Whether it is close to a directive of the module from elsewhere it looks like one of, and not an old name of it. What
/// is close to none may be of a version that has more of them.
fn is_slip(name: &str, meant: Option<Meant>, module: &ApacheModule) -> bool {
    let Some(Meant::Close(close)) = meant.filter(|_| !module.names(name)) else { return false };
    apache(close, false).is_some_and(|word| word.modules().any(|name| name == module.name))
}

/// Whether a name that nobody knows is a slip in one of a module from elsewhere.
pub(super) fn is_misspelt(name: &str, module: &ApacheModule) -> bool {
    is_slip(name, Meant::of(name, false), module)
}

/// Whether it may be a name at all: what a template leaves out is not known.
fn is_name(name: &str) -> bool {
    !name.contains(['$', '{', '}', '%', '@', '<', '>', '[', ']'])
}

/// Whether the tag that closes the section has another name: that is the matter of syntax/mismatched-close.
fn is_mismatched(node: NodeRef<'_>) -> bool {
    let mut errors = node.tree.errors.iter().filter(|error| error.kind == SyntaxKind::MismatchedClose);
    errors.any(|error| error.related.is_some_and(|open| open.lo == node.span().lo))
}

/// Whether the server of an .htaccess only warns of it.
fn forgiven(standing: Standing<'_>) -> bool {
    let rights = standing.governor.and_then(|governor| governor.rights.as_ref());
    rights.is_some_and(|rights| rights.forgives_unknown)
}

fn finding(
    context: &Context<'_>,
    standing: Standing<'_>,
    place: &Place<'_>,
    meant: Option<Meant>,
) -> Diagnostic {
    let node = place.node;
    let (name, bracket) = (node.name(), if node.body().is_some() { "<" } else { "" });
    let kind = if bracket.is_empty() { "directive" } else { "section" };
    let message = format!("Apache knows no {kind} `{bracket}{name}`: {}", outcome(context, standing.apache));
    let complaint = format!(
        "Invalid command '{bracket}{name}', perhaps misspelled or defined by a module not included in \
         the server configuration"
    );
    let help = match meant {
        Some(Meant::Close(close)) => format!("did you mean `{bracket}{close}`?"),
        Some(Meant::Section(close)) => format!("it is a section: write `<{close} …>` and `</{close}>`"),
        Some(Meant::Directive(close)) => format!("it is a directive: write `{close}` on a line of its own"),
        Some(Meant::Gone("")) => "Apache 2.4 has it no more: take it out".to_owned(),
        Some(Meant::Gone(instead)) => format!("Apache 2.4 has it no more: write `{instead}`"),
        None => {
            "take it out, or load the module it is of with `LoadModule`; name directives of modules made \
                 in house in gwlint.toml: `[apache] directives`"
                .to_owned()
        }
    };
    let fix = match meant {
        Some(Meant::Close(close)) => rename(node, close),
        _ => None,
    };
    Diagnostic::new(node.name_span(), message, "no such name")
        .note(logs(context, standing.apache, node.name_span(), &complaint))
        .help(help)
        .fix(fix)
}

/// Writes another name, in both tags of a section.
fn rename(node: NodeRef<'_>, name: &str) -> Option<Fix> {
    let mut edits = vec![Edit::replace(node.name_span(), name)];
    if let Some(body) = node.body() {
        let close = body.close?;
        let at = node.tree.slice(close).to_ascii_lowercase().find(&node.name().to_ascii_lowercase())? as u32;
        let span = Span::new(close.lo + at, close.lo + at + node.name().len() as u32);
        edits.push(Edit::replace(span, name));
    }
    Some(Fix::safe(format!("write {name}"), edits))
}
