//! Variables in a text of nginx, after `ngx_http_script_compile`.

use std::ops::Range;

/// What a `$` in a text begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// A group of the last expression that matched: `$1` to `$9`.
    Group,
    /// A variable: where it stands, and its name in it.
    Variable(Range<usize>, Range<usize>),
    /// A `${` with no `}`: where it stands.
    Unclosed(Range<usize>),
    /// A `$` with no name behind it.
    Nameless(Range<usize>),
}

/// The variables in a text, in order, up to the first fault.
pub fn references(text: &str) -> impl Iterator<Item = Reference> {
    let mut at = Some(0);
    std::iter::from_fn(move || {
        let start = at.take()?;
        let dollar = start + text.get(start..)?.find('$')?;
        let (reference, next) = reference(text, dollar);
        at = next;
        Some(reference)
    })
}

/// What the `$` at `dollar` begins, and where reading goes on if nginx goes on.
fn reference(text: &str, dollar: usize) -> (Reference, Option<usize>) {
    let rest = &text[dollar + 1..];
    if rest.starts_with(|first: char| matches!(first, '1'..='9')) {
        return (Reference::Group, Some(dollar + 2));
    }
    let braces = rest.starts_with('{');
    let lo = dollar + 1 + usize::from(braces);
    let name = text[lo..].bytes().take_while(|&byte| byte.is_ascii_alphanumeric() || byte == b'_').count();
    let hi = lo + name;
    if braces && !text[hi..].starts_with('}') {
        return (Reference::Unclosed(dollar..hi), None);
    }
    let end = hi + usize::from(braces);
    if name == 0 {
        return (Reference::Nameless(dollar..end), None);
    }
    (Reference::Variable(dollar..end, lo..hi), Some(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_where_nginx_ends_them() {
        let names = |text: &'static str| -> Vec<&str> {
            let all = references(text).map(|reference| match reference {
                Reference::Variable(_, name) => &text[name],
                Reference::Group => "group",
                Reference::Unclosed(_) => "unclosed",
                Reference::Nameless(_) => "nameless",
            });
            all.collect()
        };
        assert_eq!(names("a $host:$server_port-x${uri}y"), ["host", "server_port", "uri"]);
        assert_eq!(names("$1x$10 $0"), ["group", "group", "0"]);
        assert_eq!(names("${host$uri"), ["unclosed"]);
        assert_eq!(names("$ $uri"), ["nameless"]);
        assert_eq!(names("x$"), ["nameless"]);
        assert_eq!(names("${}"), ["nameless"]);
        assert_eq!(names("${1}"), ["1"]);
        assert_eq!(names("plain"), [""; 0]);
    }
}
