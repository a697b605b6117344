//! The head of a `location`, after `ngx_http_core_location`.

/// How a location is matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LocationKind {
    /// `=`: this path alone.
    Exact,
    /// Nothing, or `^~`: all paths that begin so.
    Prefix,
    /// `~` and `~*`: an expression.
    Regex,
    /// `@`: only what is handed to it.
    Named,
}

/// How a location is matched, which argument says by what, and where in it that begins. `Err` where the first
/// argument is no modifier, `None` where there are too many or too few.
pub fn nginx_location<T: AsRef<str>>(words: &[T]) -> Option<Result<(LocationKind, usize, usize), ()>> {
    use LocationKind as K;
    match words {
        [modifier, _] => Some(match modifier.as_ref() {
            "=" => Ok((K::Exact, 1, 0)),
            "^~" => Ok((K::Prefix, 1, 0)),
            "~" | "~*" => Ok((K::Regex, 1, 0)),
            _ => Err(()),
        }),
        [word] => {
            let marks = [
                ("=", K::Exact, 1),
                ("^~", K::Prefix, 2),
                ("~*", K::Regex, 2),
                ("~", K::Regex, 1),
                ("@", K::Named, 0),
            ];
            let marked = marks.into_iter().find(|(mark, ..)| word.as_ref().starts_with(mark));
            Some(Ok(marked.map_or((K::Prefix, 0, 0), |(_, kind, skip)| (kind, 0, skip))))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modifier_may_touch_the_name() {
        let read = |text: &str| nginx_location(&text.split(' ').collect::<Vec<_>>());
        assert_eq!(read("= /x"), Some(Ok((LocationKind::Exact, 1, 0))));
        assert_eq!(read("^~/x"), Some(Ok((LocationKind::Prefix, 0, 2))));
        assert_eq!(read("~*x"), Some(Ok((LocationKind::Regex, 0, 2))));
        assert_eq!(read("@x"), Some(Ok((LocationKind::Named, 0, 0))));
        assert_eq!(read("= @x"), Some(Ok((LocationKind::Exact, 1, 0))));
        assert_eq!(read("x"), Some(Ok((LocationKind::Prefix, 0, 0))));
        assert_eq!(read("== /x"), Some(Err(())));
        assert_eq!(read("~ a b"), None);
    }
}
