//! What was meant by a directive nginx does not know.

use crate::spelling::closest;
use crate::stack::nginx::Place;
use crate::tree::Quote;
use crate::vocabulary::{self, NginxWord, nginx_names, nginx_words};

/// A name that nginx knows, for one that it does not.
pub(super) struct Meant {
    /// What to write for the name.
    pub(super) text: String,
    /// What is wrong with it.
    pub(super) why: String,
    /// Whether nothing else can be meant: the directive stands here, and takes what it is given.
    pub(super) certain: bool,
}

/// What was meant by the name of an unknown directive, where that can be told.
pub(super) fn meant(place: &Place<'_>) -> Option<Meant> {
    let node = place.node;
    if node.raw().name.quote != Quote::None {
        return None;
    }
    let name = node.name();
    let said = |text: &str, why: String| Meant {
        text: text.to_owned(),
        why,
        // A `}` may be there to close a block.
        certain: !name.contains('}') && fits(place, text, node.words().len()),
    };
    if let Some((text, character)) = without_typography(name) {
        let word = text.split(' ').next().unwrap_or_default();
        let known = !vocabulary::nginx(word).is_empty();
        let more = text.split(' ').count() - 1;
        let certain = known && fits(place, word, node.words().len() + more);
        let why = format!("{} is part of the name", described(character));
        return known.then_some(Meant { text, why, certain });
    }
    if let Some((word, sign, rest)) = glued(name) {
        let text = if rest.is_empty() { word.to_owned() } else { format!("{word} {rest}") };
        let certain = fits(place, word, node.words().len() + usize::from(!rest.is_empty()));
        return Some(Meant { text, why: format!("the `{sign}` is part of the name"), certain });
    }
    if let Some(word) = same_letters(name) {
        let why =
            if word.eq_ignore_ascii_case(name) { "names are written in small letters" } else { "not known" };
        return Some(said(word, why.to_owned()));
    }
    let here = nginx_words().filter(|word| word.contexts.meets(place.contexts));
    if let Some(word) = closest(name, here.map(|word| word.name)) {
        return Some(said(word, "not known".to_owned()));
    }
    let elsewhere = closest(name, nginx_names())?;
    Some(Meant { text: elsewhere.to_owned(), why: "not known".to_owned(), certain: false })
}

/// Whether a directive may stand at a place and takes so many arguments.
fn fits(place: &Place<'_>, name: &str, count: usize) -> bool {
    let block = place.node.body().is_some();
    let fits = |word: &NginxWord| {
        word.contexts.meets(place.contexts) && word.block == block && word.args.accepts(count)
    };
    vocabulary::nginx(name).iter().any(fits)
}

/// A name with a sign behind it, and what follows the sign: `listen:`, `root=/srv`.
fn glued(name: &str) -> Option<(&str, char, &str)> {
    let at = name.find([':', '='])?;
    let (word, rest) = name.split_at(at);
    let sign = rest.chars().next()?;
    let rest = &rest[1..];
    let plain = !rest.contains(['"', '\'']);
    (!vocabulary::nginx(word).is_empty() && plain).then_some((word, sign, rest))
}

/// The one directive written with the same letters: `proxy-pass`, `Listen`, `servername`.
fn same_letters(name: &str) -> Option<&'static str> {
    let letters = |text: &'_ str| -> String {
        text.chars().filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase()).collect()
    };
    let wanted = letters(name);
    let mut same =
        nginx_names().filter(|word| word.len().abs_diff(name.len()) <= 4 && letters(word) == wanted);
    let first = same.next()?;
    same.all(|other| other == first).then_some(first)
}

/// The name without the characters that word processors and web pages put in, and the first of them.
fn without_typography(name: &str) -> Option<(String, char)> {
    let mut strange = None;
    let mut text = String::new();
    for character in name.chars() {
        let plain = match character {
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => " ",
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => "",
            '\u{2018}' | '\u{2019}' => "'",
            '\u{201c}' | '\u{201d}' | '\u{201e}' => "\"",
            '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
            other => {
                text.push(other);
                continue;
            }
        };
        strange.get_or_insert(character);
        text.push_str(plain);
    }
    let text = text.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    Some((text, strange?))
}

fn described(character: char) -> String {
    let name = match character {
        '\u{a0}' | '\u{202f}' => "a no-break space",
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => "an invisible character",
        '\u{2000}'..='\u{200a}' | '\u{3000}' => "a wide blank",
        '\u{2018}'..='\u{201e}' => "a typographic quote",
        _ => "a dash",
    };
    format!("{name} (U+{:04X})", u32::from(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(glued("root=/srv"), Some(("root", '=', "/srv")));
        assert_eq!(glued("listen:"), Some(("listen", ':', "")));
        assert_eq!(glued("my:own"), None);
        assert_eq!(same_letters("Server-Name"), Some("server_name"));
        assert_eq!(same_letters("clientmaxbodysize"), Some("client_max_body_size"));
        assert_eq!(same_letters("sever"), None);
        assert_eq!(without_typography("listen\u{a0}80"), Some(("listen 80".to_owned(), '\u{a0}')));
        assert_eq!(without_typography("\u{200b}root"), Some(("root".to_owned(), '\u{200b}')));
        assert_eq!(without_typography("listen"), None);
    }
}
