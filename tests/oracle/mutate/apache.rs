//! Changes of an Apache configuration.

use gwlint::tree::{Body, NodeRef};

use super::{Edit, Kind, Text, any};
use crate::random::Random;

pub(super) const KINDS: [Kind; 6] = [
    ("drop a `>`", drop_bracket),
    ("drop a closing line", drop_close),
    ("misspell a section", misspell_section),
    ("misspell a closing line", misspell_close),
    ("add an argument", add_argument),
    ("add a character", add_character),
];

fn section<'a>(text: &'a Text, random: &mut Random) -> Option<(NodeRef<'a>, Body)> {
    let node = text.node_that(random, |node| node.body().is_some_and(|body| body.close.is_some()))?;
    Some((node, node.body()?))
}

fn drop_bracket(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let (_, body) = section(text, random)?;
    if random.below(2) == 0 {
        return Some(vec![text.without(body.open)]);
    }
    let (_, hi) = text.range(body.close?);
    text.text()[..hi].ends_with('>').then(|| vec![Edit::new(hi - 1, hi, "")])
}

fn drop_close(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let (_, body) = section(text, random)?;
    // Where the section begins is a good place to say that it has no end.
    let (lo, hi) = text.range(body.open);
    Some(vec![Edit::new(lo, hi, &text.text()[lo..hi]), text.without(body.close?)])
}

fn misspell_section(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let (node, _) = section(text, random)?;
    any::misspell_word(text, node.raw().name, random)
}

fn misspell_close(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let (_, body) = section(text, random)?;
    let (lo, hi) = text.range(body.close?);
    let at = lo + 3 + random.below((hi - lo).checked_sub(5)?);
    Some(vec![Edit::new(at, at, *random.choose(&["x", "e", " ", "/"])?)])
}

fn add_argument(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let (_, hi) = text.range(text.node(random)?.head());
    Some(vec![Edit::new(hi, hi, *random.choose(&[" on", " 5", " extra", " all", " a=b", " %{x}"])?)])
}

fn add_character(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let (_, hi) = text.range(text.node(random)?.head());
    Some(vec![Edit::new(hi, hi, *random.choose(&["\"", "'", ">", "<", " \\", "${", ";", " # why"])?)])
}
