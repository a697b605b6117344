//! Is what stands in a directive what nginx reads there? What that is is vocabulary.

pub(super) mod dead_server_name;
pub(super) mod excluded_parameter;
mod in_two;
pub(super) mod invalid_address;
pub(super) mod invalid_line;
pub(super) mod invalid_number;
pub(super) mod invalid_parameter;
pub(super) mod invalid_size;
pub(super) mod invalid_switch;
pub(super) mod invalid_time;
pub(super) mod invalid_word;

use std::borrow::Cow;
use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::edits;
use crate::rule::{Context, Sink};
use crate::source::Span;
use crate::stack::nginx::Place;
use crate::tree::{At, NodeRef};
use crate::vocabulary::{self, Class, Domain, Signature, Slot};

/// A word that nginx does not take.
#[derive(Debug)]
struct Fault<'a> {
    node: NodeRef<'a>,
    signature: &'static Signature,
    slot: &'static Slot,
    /// Which argument it is.
    index: usize,
    /// The whole argument.
    word: Cow<'a, str>,
    /// Where in it the value begins, behind `valid=`.
    skip: usize,
    /// Where the value stands.
    span: Span,
    /// The same, if the text there is the value itself, without escapes.
    plain: Option<Span>,
    /// What nginx logs, where it is not what the vocabulary says: the value stands in two words.
    logs: Option<String>,
}

impl Fault<'_> {
    fn value(&self) -> &str {
        &self.word[self.skip..]
    }

    /// What the value belongs to: "`rate=` of `limit_req_zone`".
    fn of(&self) -> String {
        let name = self.node.name();
        self.slot.key().map_or_else(|| format!("`{name}`"), |key| format!("`{key}` of `{name}`"))
    }

    /// "is no size for `limit_rate`, which takes …", or that it is too small or large.
    fn is_no(&self, what: &str) -> String {
        let out = self.slot.kind.is_out_of_bounds(self.value());
        let is = if out { "is out of bounds".to_owned() } else { format!("is no {what}") };
        let (value, of, takes) = (self.value(), self.of(), self.slot.describe());
        if value.is_empty() {
            return format!("nothing stands in {of}, which takes {takes}: nginx does not start");
        }
        format!("`{value}` {is} for {of}, which takes {takes}: nginx does not start")
    }

    /// `burst= 10` as it is meant, and where it stands.
    fn joined(&self) -> Option<(Span, String)> {
        let next =
            self.node.arg(self.index + 1).filter(|next| self.value().is_empty() && self.slot.takes(next))?;
        let end = self.node.plain_span(self.index + 1)?.hi;
        Some((Span::new(self.plain?.lo - self.skip as u32, end), format!("{}{next}", self.word)))
    }

    fn finding(&self, message: String) -> Diagnostic {
        let name = self.node.name();
        let logs = self.logs.clone().unwrap_or_else(|| self.slot.logged(name, &self.word, self.value()));
        let found = Diagnostic::new(self.span, message, "is not taken").note(format!("nginx logs: {logs}"));
        if let Some((span, text)) = self.joined() {
            let fix = Fix::safe(format!("write {text}"), vec![Edit::replace(span, &text)]);
            return found.help(format!("write `{text}`, without a blank")).fix(fix);
        }
        let Some(text) = self.slot.mend(self.value()) else { return found };
        let edit = match self.plain {
            Some(span) => Edit::replace(span, &text),
            None => edits::set_value(self.node, &text),
        };
        let alone = self.node.words().len() == 1 || self.logs.is_some() && self.node.words().len() == 2;
        let help = if alone { format!("write `{name} {text};`") } else { format!("write `{text}`") };
        found.help(help).fix(Fix::safe(format!("write {text}"), vec![edit]))
    }
}

/// Reports the words of a class that nginx does not take.
fn report(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    class: Class,
    finding: fn(&Fault<'_>) -> Option<Diagnostic>,
) {
    each_signature(context, sink, class, |place, signature| {
        let mut found = faults(place.node, signature, class);
        if !found.is_empty() && !is_sound(place) {
            found.retain(|fault| fault.logs.is_some());
        }
        if !found.is_empty() && !is_certain(place, class) {
            found.clear();
        }
        found.iter().filter_map(finding).collect()
    });
}

/// Reports what `find` finds in the directives that have words of a class, once for a file that is included twice.
fn each_signature(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    class: Class,
    find: impl Fn(&Place<'_>, &'static Signature) -> Vec<Diagnostic>,
) {
    let mut seen: HashSet<At> = HashSet::new();
    for nginx in &context.stack.nginx {
        for place in nginx.places(context.files) {
            let signature = vocabulary::signatures(place.node.name(), place.contexts).next();
            let Some(signature) = signature.filter(|one| one.has(class)) else { continue };
            let found = find(&place, signature);
            if !found.is_empty() && seen.insert(place.node.at()) {
                for one in found {
                    sink.report(one);
                }
            }
        }
    }
}

/// Whether nginx takes none of the words in whatever the directive can mean where it stands.
fn is_certain(place: &Place<'_>, class: Class) -> bool {
    let others = vocabulary::signatures(place.node.name(), place.contexts).skip(1);
    { others }.all(|other| !faults(place.node, other, class).is_empty())
}

/// Whether the directive has as many words as it takes, no error of syntax in it, and no text like `<the address
/// of a server>`: else that is the fault, or none is certain.
fn is_sound(place: &Place<'_>) -> bool {
    let node = place.node;
    let count = node.words().len();
    let meanings = vocabulary::nginx(node.name()).iter();
    let mut here = meanings.filter(|word| word.contexts.meets(place.contexts));
    here.any(|word| word.args.accepts(count))
        && node.tree.errors_at(node.head()).next().is_none()
        && !node.words().iter().any(|word| node.tree.slice(word.span).starts_with('<'))
}

/// The words of a directive that are of a class and that nginx does not take.
fn faults<'a>(node: NodeRef<'a>, signature: &'static Signature, class: Class) -> Vec<Fault<'a>> {
    let count = node.words().len();
    let mut found = Vec::new();
    let mut index = 0;
    while index < count {
        let in_two = in_two::fault(node, signature, index);
        let step = if in_two.is_some() { 2 } else { 1 };
        let fault = in_two.or_else(|| not_taken(node, signature, index));
        found.extend(fault.filter(|fault| fault.slot.kind.class() == class));
        index += step;
    }
    found
}

/// The argument `index`, if nginx does not take it.
fn not_taken<'a>(node: NodeRef<'a>, signature: &'static Signature, index: usize) -> Option<Fault<'a>> {
    let word = node.arg(index)?;
    let (slot, skip) = signature.slot(index + 1, node.words().len(), &word)?;
    let out_of_place = slot.kind.class() == Class::Parameter && is_variable(&word[skip..]);
    if slot.takes(&word[skip..]) || is_filled_in(&word[skip..]) && !out_of_place {
        return None;
    }
    let plain = node.plain_span(index).map(|span| Span::new(span.lo + skip as u32, span.hi));
    let span = plain.or_else(|| node.arg_span(index))?;
    Some(Fault { node, signature, slot, index, word, skip, span, plain, logs: None })
}

/// Whether the text is a variable of nginx and nothing else: no template has it for a blank.
fn is_variable(text: &str) -> bool {
    let known =
        |name| vocabulary::nginx_variable(name, Domain::Http).is_some_and(|variable| !variable.prefix);
    text.strip_prefix('$').is_some_and(known)
}

/// Whether a template or a variable fills in the text, or a part of it.
fn is_filled_in(text: &str) -> bool {
    let marks = ["__", "[[", "]]", "{{", "}}", "#{", "..."];
    let twice = |mark: char| text.chars().filter(|&c| c == mark).count() > 1;
    let has = |is: fn(char) -> bool| text.contains(is);
    let shouted = text.contains('_') && has(char::is_uppercase) && !has(char::is_lowercase);
    text.contains(['$', '<', '>'])
        || text.contains('{') && text.contains('}')
        || twice('%')
        || twice('@')
        || shouted
        || marks.iter().any(|mark| text.contains(mark))
}
