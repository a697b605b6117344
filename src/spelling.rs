//! Which name was meant by one that nobody knows.

/// How many letters of a name may be wrong.
const SLIPS: usize = 2;

/// The one name that is close to `text`, in whatever case: no more than two letters are wrong, nor a
/// third of them. `None` where two names are as close.
pub(crate) fn closest<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let text = text.to_ascii_lowercase();
    let distance = |name: &str| strsim::damerau_levenshtein(&text, &name.to_ascii_lowercase());
    // A file may hold a hundred thousand unknown words, and a word be as long as a file: most names are
    // told to be others by their length, or by the letters in them. A slip changes two letters at most.
    let wanted = letters(&text);
    let alike = names.into_iter().filter(|name| {
        name.len().abs_diff(text.len()) <= SLIPS
            && (letters(name) ^ wanted).count_ones() as usize <= 2 * SLIPS
    });
    let mut near: Vec<(usize, &str)> =
        alike.map(|name| (distance(name), name)).filter(|(slips, _)| *slips <= SLIPS).collect();
    near.sort_unstable();
    near.dedup();
    match near.as_slice() {
        [(best, name), rest @ ..] if best * 3 < text.len() => {
            rest.first().is_none_or(|(next, _)| next > best).then_some(*name)
        }
        _ => None,
    }
}

/// Which letters are in a name, in whatever case and number, as bits.
fn letters(name: &str) -> u32 {
    name.bytes().fold(0, |all, byte| all | 1 << (byte & 31))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{FPM_ARRAYS, fpm_words};

    #[test]
    fn only_one_close_name_is_meant() {
        let pool = |text| closest(text, fpm_words(false).map(|word| word.name));
        assert_eq!(pool("pm.maxchildren"), Some("pm.max_children"));
        assert_eq!(pool("listen_owner"), Some("listen.owner"));
        assert_eq!(pool("pm.mix_spare_servers"), None, "min and max are as close");
        assert_eq!(pool("px"), None);
        assert_eq!(closest("PHP_VALUE", FPM_ARRAYS.iter().copied()), Some("php_value"));
        assert_eq!(
            closest("sevrer", ["server", "server"]),
            Some("server"),
            "a name may have several meanings"
        );
    }
}
