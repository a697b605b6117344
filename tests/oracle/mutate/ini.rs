//! Changes of a php.ini or of a configuration of PHP-FPM.

use super::{Edit, Kind, Text};
use crate::random::Random;

pub(super) const KINDS: [Kind; 6] = [
    ("drop a `=`", drop_equals),
    ("drop a bracket", drop_bracket),
    ("add a character", add_character),
    ("add a character", add_character),
    ("add an argument", add_argument),
    ("add a line", add_line),
];

/// What PHP reads as operators, quotes, sections and comments.
const CHARACTERS: [&str; 17] =
    ["(", ")", "!", "&", "|", "~", "^", "{", "}", "[", "]", "\"", "'", ";", "#", "=", "${"];

fn drop_equals(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let node = text.node_that(random, |node| node.body().is_none())?;
    let (_, name) = text.range(node.name_span());
    let (_, hi) = text.range(node.head());
    let at = name + text.text().get(name..hi)?.find('=')?;
    Some(vec![Edit::new(at, at + 1, "")])
}

fn drop_bracket(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let node = text.node_that(random, |node| text.tree.slice(node.head()).contains(['[', ']']))?;
    let (lo, hi) = text.range(node.head());
    let brackets: Vec<usize> = text.text()[lo..hi].match_indices(['[', ']']).map(|(at, _)| lo + at).collect();
    let &at = random.choose(&brackets)?;
    Some(vec![Edit::new(at, at + 1, "")])
}

fn add_character(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let (lo, hi) = text.range(random.choose(&text.tree.words)?.span);
    let at = lo + random.below(hi - lo + 1);
    text.text().is_char_boundary(at).then_some(())?;
    Some(vec![Edit::new(at, at, *random.choose(&CHARACTERS)?)])
}

fn add_argument(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let (_, hi) = text.range(random.choose(&text.tree.words)?.span);
    Some(vec![Edit::new(hi, hi, *random.choose(&[" on", " 5", " extra", " # why", " ; why", " \"a\""])?)])
}

fn add_line(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let (_, hi) = text.range(text.node(random)?.head());
    let line = *random.choose(&[
        "# why",
        "; why",
        "word",
        "[part]",
        "a = 1",
        "= 1",
        "(",
        "a.b[c] = d",
        "include = /x",
    ])?;
    Some(vec![Edit::new(hi, hi, format!("\n{line}"))])
}
