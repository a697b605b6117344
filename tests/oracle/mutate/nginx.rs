//! Changes of an nginx configuration.

use super::{Edit, Kind, Text};
use crate::random::Random;

pub(super) const KINDS: [Kind; 8] = [
    ("drop a `;`", drop_semicolon),
    ("drop a `;`", drop_semicolon),
    ("drop a brace", drop_open),
    ("drop a brace", drop_close),
    ("add an argument", add_argument),
    ("add an argument", add_argument),
    ("misspell a variable", misspell_variable),
    ("add a character", add_character),
];

fn drop_semicolon(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let node = text.node_that(random, |node| text.tree.slice(node.span()).ends_with(';'))?;
    let (_, hi) = text.range(node.span());
    Some(vec![Edit::new(hi - 1, hi, "")])
}

fn drop_open(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let body = text.node_that(random, |node| node.body().is_some())?.body()?;
    Some(vec![text.without(body.open)])
}

fn drop_close(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let closed = |body: gwlint::tree::Body| body.close.is_some();
    let body = text.node_that(random, |node| node.body().is_some_and(closed))?.body()?;
    // Where the block begins is a good place to say that it has no end.
    let (lo, hi) = text.range(body.open);
    Some(vec![Edit::new(lo, hi, "{"), text.without(body.close?)])
}

fn add_argument(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let (_, hi) = text.range(text.node(random)?.head());
    let argument = *random.choose(&[" on", " 5", " extra", " $uri", " default", " a=b"])?;
    Some(vec![Edit::new(hi, hi, argument)])
}

fn misspell_variable(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let dollars: Vec<usize> = text.text().match_indices('$').map(|(at, _)| at).collect();
    let &at = random.choose(&dollars)?;
    let begins = text.text()[at + 1..].starts_with(|next: char| next.is_ascii_lowercase());
    begins.then(|| vec![Edit::new(at + 1, at + 1, "x")])
}

fn add_character(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let (_, hi) = text.range(text.node(random)?.head());
    Some(vec![Edit::new(hi, hi, *random.choose(&["\"", "'", "{", "}", " ;", "\\", "#"])?)])
}
