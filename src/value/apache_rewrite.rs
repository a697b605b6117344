//! Lines of `RewriteRule` and `RewriteCond`, which `mod_rewrite` splits itself (`parseargline`).

use std::ops::Range;

/// The arguments of a line, without their quotes.
#[derive(Debug, PartialEq, Eq)]
pub struct RewriteLine {
    /// The pattern of a rule, what a condition looks at.
    pub first: Range<usize>,
    /// The substitution of a rule, the pattern of a condition.
    pub second: Range<usize>,
    /// The flags, brackets included.
    pub flags: Option<Range<usize>>,
    /// What follows the flags, and is dropped.
    pub rest: Range<usize>,
}

/// One flag.
#[derive(Debug, PartialEq, Eq)]
pub struct RewriteFlag<'t> {
    /// Where it stands, its value included.
    pub at: Range<usize>,
    /// The part before `=`.
    pub key: &'t str,
    /// The part behind it, empty without one.
    pub value: &'t str,
}

/// The arguments of a line; `None` when it has less than two.
pub fn rewrite_line(text: &str) -> Option<RewriteLine> {
    let (first, at) = argument(text, 0);
    if at == text.len() && first.end == at {
        return None;
    }
    let (second, at) = argument(text, at);
    let has_flags = blanks(text, at) < text.len();
    let (flags, at) = argument(text, at);
    let rest = blanks(text, at)..text.len();
    Some(RewriteLine { first, second, flags: has_flags.then_some(flags), rest })
}

/// The next argument from `at` on, and where the text goes on behind it.
fn argument(text: &str, at: usize) -> (Range<usize>, usize) {
    let bytes = text.as_bytes();
    let from = blanks(text, at);
    let quote = bytes.get(from).copied().filter(|byte| matches!(byte, b'"' | b'\''));
    let start = from + usize::from(quote.is_some());
    let mut end = start;
    while let Some(&byte) = bytes.get(end) {
        if quote.map_or_else(|| is_blank(byte), |quote| byte == quote) {
            return (start..end, end + 1);
        }
        let escapes = byte == b'\\' && bytes.get(end + 1).is_some_and(|&next| is_blank(next));
        end += if escapes { 2 } else { 1 };
    }
    (start..end, end)
}

fn blanks(text: &str, at: usize) -> usize {
    at + text.as_bytes()[at..].iter().take_while(|&&byte| is_blank(byte)).count()
}

fn is_blank(byte: u8) -> bool {
    super::is_c_blank(char::from(byte))
}

/// The flags between brackets that begin at `base`; `None` without the brackets.
pub fn rewrite_flags(text: &str, base: usize) -> Option<Vec<RewriteFlag<'_>>> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    let mut flags = Vec::new();
    let mut at = base + 1;
    for part in inner.split(',') {
        let start = at + part.len() - part.trim_start_matches(super::is_c_blank).len();
        let flag = part.trim_matches(super::is_c_blank);
        let (key, value) = flag.split_once('=').unwrap_or((flag, ""));
        flags.push(RewriteFlag { at: start..start + flag.len(), key, value });
        at += part.len() + 1;
    }
    Some(flags)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(&str, &str, Option<&str>, &str)> {
        let line = rewrite_line(text)?;
        Some((&text[line.first], &text[line.second], line.flags.map(|flags| &text[flags]), &text[line.rest]))
    }

    #[test]
    fn lines_are_split_as_mod_rewrite_does() {
        assert_eq!(parts(" ^/a /b [L]"), Some(("^/a", "/b", Some("[L]"), "")));
        assert_eq!(parts(" \"^/a b\" '/b c' [L, R]"), Some(("^/a b", "/b c", Some("[L,"), "R]")));
        assert_eq!(parts(" ^/a\\ b /c \"[L, R]\" x"), Some(("^/a\\ b", "/c", Some("[L, R]"), "x")));
        assert_eq!(parts(" ^/a$"), None);
        assert_eq!(parts(" \"^/a b /c"), None);
        assert_eq!(parts(" ^/a \"/b [L]"), Some(("^/a", "/b [L]", None, "")));
    }

    #[test]
    fn flags_have_keys_and_values() {
        let flags = rewrite_flags("[L, R=301,E=a:b=c]", 10).unwrap_or_default();
        let read: Vec<_> = flags.iter().map(|flag| (flag.at.clone(), flag.key, flag.value)).collect();
        assert_eq!(read, [(11..12, "L", ""), (14..19, "R", "301"), (20..27, "E", "a:b=c")]);
        assert_eq!(rewrite_flags("[L", 0), None);
    }
}
