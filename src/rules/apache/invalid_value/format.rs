//! `%` in `LogFormat` and in the values of `Header`.

use std::ops::Range;

use super::super::lines::{Fault, is_filled_in, part};
use crate::load::apache::Arg;
use crate::stack::apache::Command;

/// What httpd and the modules that come with it put into logs.
const LOG: &str = "ABCDHILOPRSTUVXabcefhiklmnopqrstuvx";

/// What `mod_headers` puts into headers.
const HEADER: &str = "Dbeilst";

/// A format of a log; without a `%` it is a name.
pub(super) fn log(arg: &Arg) -> Option<Fault> {
    let text = arg.value.as_str();
    if text.contains("${") || text.contains("{{") {
        return None;
    }
    let (at, directive) = first_wrong(text, true)?;
    let span = part(arg, &at);
    let Some(letter) = directive else {
        let log = "Ran off end of LogFormat parsing args to some directive";
        return Some(Fault::new(span, "the format ends within a `%`", log).help("a `%` by itself is `%%`"));
    };
    let says = format!("a log has no `%{letter}`");
    let fault = Fault::new(span, says, format!("Unrecognized LogFormat directive %{letter}"));
    Some(if letter.is_ascii_alphabetic() { fault } else { fault.help("a `%` by itself is `%%`") })
}

/// What stands behind the format of a log is `env=…` or `expr=…`.
pub(super) fn clause(command: &Command<'_>) -> Option<Fault> {
    let [_, _, arg] = command.args else { return None };
    let text = arg.value.to_ascii_lowercase();
    if text.starts_with("env=") || text.starts_with("expr=") || is_filled_in(&text) {
        return None;
    }
    let says = format!("`{}` behind the format is no condition", arg.value);
    let fault = Fault::new(arg.span, says, "error in condition clause");
    Some(fault.help("a condition begins with `env=` or `expr=`, and a format with blanks stands in quotes"))
}

/// The value of a header.
pub(super) fn header(arg: &Arg) -> Option<Fault> {
    let text = arg.value.as_str();
    if text.contains("${") || text.contains("{{") || text.starts_with("expr=") {
        return None;
    }
    let (at, directive) = first_wrong(text, false)?;
    let letter = directive.map(String::from).unwrap_or_default();
    let says =
        format!("`{}` in the value of a header is no `%` that mod_headers knows", text.get(at.clone())?);
    let fault = Fault::new(part(arg, &at), says, format!("Unrecognized header format %{letter}"));
    Some(fault.help("a `%` by itself is `%%`"))
}

/// The first `%` that leads nowhere, and the letter it leads to; none where the text ends.
fn first_wrong(text: &str, log: bool) -> Option<(Range<usize>, Option<char>)> {
    let mut at = 0;
    while let Some(found) = text[at..].find('%') {
        let start = at + found;
        let mut rest = &text[start + 1..];
        if rest.starts_with('%') || rest.is_empty() && !log {
            at = (start + 2).min(text.len());
            continue;
        }
        rest = behind_modifiers(rest, log);
        let end = text.len() - rest.len();
        let Some(letter) = rest.chars().next() else { return Some((start..end, None)) };
        // Names of three letters are those of modules.
        let known = if log { LOG.contains(letter) || letter == '^' } else { HEADER.contains(letter) };
        if !known {
            return Some((start..end + letter.len_utf8(), Some(letter)));
        }
        at = end + letter.len_utf8();
    }
    None
}

/// What follows `!`, `<`, `>`, `,`, numbers and `{…}`, of which only the last stands in headers.
fn behind_modifiers(mut rest: &str, log: bool) -> &str {
    loop {
        if let Some(braced) = rest.strip_prefix('{') {
            rest = braced.split_once('}').map_or("", |(_, rest)| rest);
            if !log {
                return rest;
            }
            continue;
        }
        let bare =
            rest.trim_start_matches(|c: char| matches!(c, '!' | '<' | '>' | ',') || c.is_ascii_digit());
        if !log || bare.len() == rest.len() {
            return rest;
        }
        rest = bare;
    }
}
