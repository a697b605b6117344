//! A number and its unit with a blank between them: `5 m`, `rate=10 r/s`.

use std::borrow::Cow;

use super::Fault;
use crate::source::Span;
use crate::tree::NodeRef;
use crate::vocabulary::{self, Signature};

/// The arguments `index` and the one behind it, where they mean one, and are not taken as two.
pub(super) fn fault<'a>(node: NodeRef<'a>, signature: &'static Signature, index: usize) -> Option<Fault<'a>> {
    let words = node.words();
    let (first, second) = (node.value(*words.get(index)?), node.value(*words.get(index + 1)?));
    if !first.ends_with(|c: char| c.is_ascii_digit()) || !second.starts_with(|c: char| c.is_alphabetic()) {
        return None;
    }
    let count = words.len();
    let (slot, skip) =
        signature.slot(index + 1, count, &first).filter(|(slot, _)| slot.is_amount()).or_else(|| {
            // `expires 30 d`: the time is what stands last.
            signature.slot(index + 2, count, &second).filter(|(slot, skip)| slot.is_amount() && *skip == 0)
        })?;
    let number = first.get(skip..).filter(|text| !text.is_empty())?;
    let together = format!("{number} {second}");
    slot.mend(&together)?;
    let logs = if vocabulary::nginx(node.name()).iter().any(|word| word.args.accepts(count)) {
        stumbles(node, signature, index).or_else(|| stumbles(node, signature, index + 1))?
    } else {
        format!("invalid number of arguments in \"{}\" directive", node.name())
    };
    let key = slot.key().unwrap_or_default();
    let plain = node.plain_span(index)?;
    let span = Span::new(plain.lo + skip as u32, node.plain_span(index + 1)?.hi);
    let word = Cow::Owned(format!("{key}{together}"));
    Some(Fault {
        node,
        signature,
        slot,
        index,
        word,
        skip: key.len(),
        span,
        plain: Some(span),
        logs: Some(logs),
    })
}

/// What nginx logs of the argument `index`, if it does not take it.
fn stumbles(node: NodeRef<'_>, signature: &Signature, index: usize) -> Option<String> {
    let word = node.arg(index)?;
    let (slot, skip) = signature.slot(index + 1, node.words().len(), &word)?;
    let value = &word[skip..];
    if slot.takes(value) { None } else { Some(slot.logged(node.name(), &word, value)) }
}
