//! A number and its unit with a blank between them: `5 m`, `rate=10 r/s`.

use std::borrow::Cow;

use super::Fault;
use crate::source::Span;
use crate::tree::NodeRef;
use crate::vocabulary::{self, Signature};

/// The arguments `index` and the one behind it, where they mean one, and are not taken as two.
pub(super) fn fault<'a>(node: NodeRef<'a>, signature: &'static Signature, index: usize) -> Option<Fault<'a>> {
    let (first, second) = (node.arg(index)?, node.arg(index + 1)?);
    let count = node.words().len();
    let (slot, skip, together) = signature.in_two(index + 1, count, &first, &second)?;
    let accepted = |count| vocabulary::nginx(node.name()).iter().any(|word| word.args.accepts(count));
    let logs = if accepted(count) {
        stumbles(node, signature, index).or_else(|| stumbles(node, signature, index + 1))?
    } else if !accepted(count - 1) {
        return None;
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
