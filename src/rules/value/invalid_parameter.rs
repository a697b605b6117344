//! `value/invalid-parameter`: a parameter that a directive does not have, or one it lacks.

use super::{Fault, each_signature, faults, is_certain, is_filled_in, is_sound};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::spelling;
use crate::stack::nginx::Place;
use crate::vocabulary::{Class, Signature, Slot};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "value/invalid-parameter",
    severity: Severity::Error,
    summary: "a parameter the directive does not have, or one it lacks, so that nginx does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/value/invalid-parameter.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    each_signature(context, sink, Class::Parameter, |place, signature| {
        let mut found = unknown(&faults(place.node, signature, Class::Parameter));
        found.extend(missing(place, signature).filter(|_| found.is_empty()));
        if !found.is_empty() && (!is_sound(place) || !is_certain(place, Class::Parameter)) {
            found.clear();
        }
        found
    });
}

/// The words that are no parameters, but for those that are the value of a word before them.
fn unknown(faults: &[Fault<'_>]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut done = 0;
    for fault in faults.iter().filter(|fault| !is_value(fault)) {
        if fault.index >= done {
            let apart = key_apart(fault);
            done = fault.index + apart.as_ref().map_or(1, |&(words, ..)| words);
            found.push(finding(fault, apart.map(|(_, span, text)| (span, text))));
        }
    }
    found
}

/// Whether it stands behind a key that stands alone, as the 10 in `burst= 10` does: that key is reported.
fn is_value(fault: &Fault<'_>) -> bool {
    fault
        .index
        .checked_sub(1)
        .and_then(|before| fault.node.arg(before))
        .is_some_and(|word| word.ends_with('='))
}

fn finding(fault: &Fault<'_>, apart: Option<(Span, String)>) -> Diagnostic {
    let (name, word) = (fault.node.name(), fault.value());
    let message = format!("`{name}` has no parameter `{word}`: nginx does not start");
    let logs = fault.slot.logged(name, &fault.word, word);
    let found = Diagnostic::new(fault.span, message, "is not known").note(format!("nginx logs: {logs}"));
    let Some((span, text)) = apart.or_else(|| Some((fault.plain?, meant(fault)?))) else {
        let known: Vec<_> = fault.signature.parameters().map(|word| format!("`{word}`")).collect();
        return if known.is_empty() { found } else { found.help(format!("it has {}", known.join(", "))) };
    };
    let fix = Fix::safe(format!("write {text}"), vec![Edit::replace(span, &text)]);
    found.help(format!("write `{text}`")).fix(fix)
}

/// `weight 5` and `weight = 5`: how many words that is, and what is meant.
fn key_apart(fault: &Fault<'_>) -> Option<(usize, Span, String)> {
    let sign = usize::from(fault.node.arg(fault.index + 1)? == "=");
    let value = fault.index + 1 + sign;
    let text = format!("{}={}", fault.value(), fault.node.arg(value)?);
    let span = Span::new(fault.plain?.lo, fault.node.plain_span(value)?.hi);
    is_known(fault, &text).then_some((2 + sign, span, text))
}

/// Whether nginx takes the text in the place of the word.
fn is_known(fault: &Fault<'_>, text: &str) -> bool {
    let slot = fault.signature.slot(fault.index + 1, usize::MAX, text);
    slot.is_some_and(|(slot, skip)| slot.takes(&text[skip..]))
}

/// The parameter that was meant, with what stands behind its `=`.
fn meant(fault: &Fault<'_>) -> Option<String> {
    let word = fault.value();
    let bare = word.trim_matches([',', ';']);
    if bare != word && !bare.is_empty() && is_known(fault, bare) {
        return Some(bare.to_owned());
    }
    let (key, value) = bare.split_at(bare.find(['=', ':']).map_or(bare.len(), |end| end + 1));
    let key = key.replace(':', "=");
    let same = || fault.signature.parameters().filter(|name| name.ends_with('=') == key.ends_with('='));
    let found =
        same().find(|name| name.eq_ignore_ascii_case(&key)).or_else(|| spelling::closest(&key, same()))?;
    Some(format!("{found}{value}")).filter(|text| is_known(fault, text))
}

/// A parameter the directive needs and does not have.
fn missing(place: &Place<'_>, signature: &'static Signature) -> Option<Diagnostic> {
    let node = place.node;
    let absent = |slot: &&Slot| slot.key().is_some_and(|key| !node.args().any(|word| word.starts_with(key)));
    let slot = signature.slots().iter().filter(|slot| slot.needed).find(absent)?;
    let open = node.args().enumerate().any(|(index, word)| {
        let slot = signature.slot(index + 1, usize::MAX, &word).map(|(slot, _)| slot.kind.class());
        word == "off" || slot == Some(Class::Parameter) && is_filled_in(&word)
    });
    if open {
        return None;
    }
    let (name, key) = (node.name(), slot.key()?);
    let message = format!("`{name}` has no `{key}`, which it needs: nginx does not start");
    let logs = format!("nginx logs: {}", slot.logged_missing(name));
    Some(Diagnostic::new(node.head(), message, format!("without `{key}`")).note(logs))
}
