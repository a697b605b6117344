//! Names as the hashes of nginx keep them, which decides whether two are the same.

use std::borrow::Cow;

/// What a hash has taken in: a name as it is, or what stands behind `*.` or before `.*`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Key<'a> {
    Exact(&'a str),
    Below(&'a str),
    Before(&'a str),
}

/// The keys of a name in small letters; `.a.test` is `a.test` and `*.a.test`.
pub(super) fn keys(name: &str) -> impl Iterator<Item = Key<'_>> {
    let pair = if let Some(rest) = name.strip_prefix("*.") {
        [Some(Key::Below(rest)), None]
    } else if let Some(rest) = name.strip_prefix('.') {
        [Some(Key::Exact(rest)), Some(Key::Below(rest))]
    } else if let Some(rest) = name.strip_suffix(".*") {
        [Some(Key::Before(rest)), None]
    } else {
        [Some(Key::Exact(name)), None]
    };
    pair.into_iter().flatten()
}

/// The name in small letters.
pub(super) fn lower(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) { text.to_ascii_lowercase().into() } else { text }
}

/// Whether a template or a variable fills the text in.
pub(super) fn is_filled_in(text: &str) -> bool {
    text.contains(['$', '{', '<', '@', '%'])
}
