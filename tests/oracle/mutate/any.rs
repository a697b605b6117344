//! Changes every language knows.

use gwlint::tree::{Quote, Word};

use super::{Edit, Kind, Text};
use crate::random::Random;

pub(super) const KINDS: [Kind; 11] = [
    ("misspell a directive", misspell_name),
    ("misspell a directive", misspell_name),
    ("misspell an argument", misspell_argument),
    ("another argument", other_argument),
    ("damage a number", damage_number),
    ("damage a number", damage_number),
    ("drop an argument", drop_argument),
    ("move to another context", move_elsewhere),
    ("duplicate a line", duplicate),
    ("swap two directives", swap),
    ("drop a quote", drop_quote),
];

/// What stands instead of an argument.
const VALUES: [&str; 24] = [
    "on",
    "off",
    "yes",
    "true",
    "0",
    "1",
    "-1",
    "5",
    "100000",
    "64MB",
    "16k",
    "5m",
    "300sec",
    "1.5",
    "10ms",
    "none",
    "all",
    "default",
    "/",
    "$nothing",
    "\"\"",
    "a=b",
    "*",
    "http://127.0.0.1",
];

/// What stands behind a number.
const UNITS: [&str; 19] =
    ["", "b", "B", "k", "K", "m", "M", "g", "G", "MB", "kb", "s", "sec", "ms", "h", "d", "x", "%", ".5"];

fn misspell_name(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let node = text.node(random)?;
    misspell_word(text, node.raw().name, random)
}

pub(super) fn misspell_word(text: &Text, word: Word, random: &mut Random) -> Option<Vec<Edit>> {
    let (lo, hi) = text.range(word.span);
    let word = misspelt(text.text().get(lo..hi)?, random)?;
    Some(vec![Edit::new(lo, hi, word)])
}

/// One letter dropped, doubled, changed, or exchanged with the next.
fn misspelt(word: &str, random: &mut Random) -> Option<String> {
    let mut letters: Vec<char> = word.chars().collect();
    let places: Vec<usize> = (0..letters.len()).filter(|&at| letters[at].is_alphanumeric()).collect();
    let &at = random.choose(&places)?;
    match random.below(4) {
        0 if letters.len() > 1 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        2 if letters.get(at + 1).is_some_and(|next| next.is_alphanumeric()) => letters.swap(at, at + 1),
        _ => letters[at] = *random.choose(&['e', 'a', 'x', 's', '_', 'n'])?,
    }
    Some(letters.into_iter().collect())
}

fn misspell_argument(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let &word = random.choose(&text.tree.words)?;
    misspell_word(text, word, random)
}

fn other_argument(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let word = random.choose(&text.tree.words)?;
    let (lo, hi) = text.range(word.span);
    Some(vec![Edit::new(lo, hi, *random.choose(&VALUES)?)])
}

/// Another unit behind a number, a sign before it, or no number at all.
fn damage_number(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let numbers: Vec<(usize, usize, usize)> =
        text.tree.words.iter().filter_map(|word| number(text, text.range(word.span))).collect();
    let &(lo, digits, hi) = random.choose(&numbers)?;
    Some(vec![match random.below(6) {
        0 => Edit::new(lo, lo, "-"),
        1 => Edit::new(lo, digits, ""),
        2 => Edit::new(lo, digits, "99999999999999999999"),
        _ => Edit::new(digits, hi, *random.choose(&UNITS)?),
    }])
}

/// The first number of a word: where it begins, where its digits end, where its unit does.
fn number(text: &Text, (lo, hi): (usize, usize)) -> Option<(usize, usize, usize)> {
    let word = text.text().get(lo..hi)?;
    let first = word.find(|char: char| char.is_ascii_digit())?;
    let length = |from: usize, fits: fn(&u8) -> bool| {
        word.as_bytes()[from..].iter().take_while(|&byte| fits(byte)).count()
    };
    let digits = first + length(first, u8::is_ascii_digit);
    let unit = digits + length(digits, u8::is_ascii_alphabetic);
    Some((lo + first, lo + digits, lo + unit))
}

fn drop_argument(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let word = random.choose(&text.tree.words)?;
    Some(vec![text.without(word.span)])
}

/// Takes a directive out and puts it at the beginning of a block, or at the end of the file.
fn move_elsewhere(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let node = text.node(random)?;
    let (lo, hi) = text.range(node.span());
    let bodies = text.tree.nodes.iter().filter_map(|node| node.body).filter(|body| body.raw.is_none());
    let mut places: Vec<usize> = bodies.map(|body| text.range(body.open).1).collect();
    places.extend([0, text.text().len()]);
    places.retain(|&place| place <= lo || place >= hi);
    let &place = random.choose(&places)?;
    Some(vec![Edit::new(lo, hi, ""), Edit::new(place, place, format!("\n{}\n", &text.text()[lo..hi]))])
}

fn duplicate(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let node = text.node(random)?;
    let (lo, hi) = text.range(node.span());
    Some(vec![Edit::new(hi, hi, format!("\n{}{}", node.indent(), &text.text()[lo..hi]))])
}

fn swap(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let first = text.node(random)?;
    let second = text.node_that(random, |node| {
        !node.span().contains(first.span()) && !first.span().contains(node.span())
    })?;
    let (a, b) = (text.range(first.span()), text.range(second.span()));
    let slice = |(lo, hi): (usize, usize)| text.text()[lo..hi].to_owned();
    Some(vec![Edit::new(a.0, a.1, slice(b)), Edit::new(b.0, b.1, slice(a))])
}

fn drop_quote(text: &Text, random: &mut Random) -> Option<Vec<Edit>> {
    let quoted: Vec<&Word> = text.tree.words.iter().filter(|word| word.quote != Quote::None).collect();
    let (lo, hi) = text.range(random.choose(&quoted)?.span);
    let at = if random.below(2) == 0 { lo } else { hi.checked_sub(1)? };
    Some(vec![Edit::new(at, at + 1, "")])
}
