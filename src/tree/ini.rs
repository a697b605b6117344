//! php.ini and the pool files of PHP-FPM as a tree.
//!
//! `lexer` reads one statement after the other with pest, `builder` nests keys into sections and goes on
//! after errors, `value` knows where a value goes wrong and what is left of it without its quotes.
//!
//! The servers do not go on: PHP ignores everything behind the first syntax error of php.ini (what stands
//! before it is in force), FPM does not start.

mod builder;
mod lexer;
mod value;

use std::borrow::Cow;

use super::{Quote, Tree};

/// Parses the text of `tree` into it.
pub(crate) fn parse(tree: &mut Tree) {
    builder::Builder::new(tree).run();
}

/// A value as PHP reads it: quotes and escapes resolved, strings that stand side by side joined. Variables,
/// constants and expressions are left as they are written.
pub(crate) fn unquote(text: &str, quote: Quote) -> Cow<'_, str> {
    let inner = || text.get(1..text.len().saturating_sub(1)).unwrap_or(text);
    match quote {
        Quote::None => value::joined(text),
        Quote::Single => Cow::Borrowed(inner()),
        Quote::Double => value::unescaped(inner()),
    }
}

/// The two halves of a key as it is written: `php_admin_value[memory_limit]` is `php_admin_value` and
/// `memory_limit`; `key[]` has an empty second half, `key` none.
pub fn split_key(name: &str) -> (&str, Option<&str>) {
    let halves = name.strip_suffix(']').and_then(|rest| rest.split_once('['));
    let Some((base, sub)) = halves else { return (name, None) };
    let sub = sub.trim_start_matches([' ', '\t']);
    let unquoted = ['"', '\''].into_iter().find_map(|quote| sub.strip_prefix(quote)?.strip_suffix(quote));
    (base.trim_end_matches(' '), Some(unquoted.unwrap_or(sub)))
}
