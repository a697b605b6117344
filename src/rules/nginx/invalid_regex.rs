//! `nginx/invalid-regex`: a regular expression PCRE does not take.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Pattern, patterns};
use crate::value::{RegexError, regex};

use super::certain::{is_garbled, is_template};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/invalid-regex",
    severity: Severity::Error,
    summary: "PCRE does not take a regular expression, so that nginx does not start",
    fixable: Fixable::No,
    card: include_str!("../../../rules/nginx/invalid-regex.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for nginx in &context.stack.nginx {
        for place in nginx.places(context.files) {
            for pattern in patterns(context.files, place.node) {
                let found = refused(place.node.name(), &pattern).or_else(|| wrong_groups(&pattern));
                let new = |found: &Diagnostic| !is_garbled(pattern.node) && seen.insert(found.span());
                sink.report_some(found.filter(new));
            }
        }
    }
}

fn refused(name: &str, pattern: &Pattern<'_>) -> Option<Diagnostic> {
    let text = &pattern.text;
    let outcome = regex(&text.value, pattern.caseless);
    let error = outcome.as_ref().as_ref().err().filter(|_| !is_template(&text.value))?;
    let said = &error.message;
    let message =
        format!("PCRE does not take the regular expression of `{name}` ({said}): nginx does not start");
    let rest = &text.value[error.offset..];
    let at = if rest.is_empty() { String::new() } else { format!(" at \"{rest}\"") };
    let log = format!("nginx logs: pcre2_compile() failed: {said} in \"{}\"{at}", text.value);
    let next = rest.chars().next().map_or(0, char::len_utf8);
    let place = text.span_of(error.offset..error.offset + next);
    let mut found = Diagnostic::new(place, message, "PCRE reads up to here").note(log);
    if let Some(open) = unclosed_group(&text.value).filter(|_| rest.is_empty()) {
        found = found.label(text.span_of(open..open + 1), "never closed");
    }
    match help(&text.value, error) {
        Some(help) => Some(found.help(help)),
        None => Some(found),
    }
}

/// What to write, for the mistakes that are made most.
fn help(text: &str, error: &RegexError) -> Option<String> {
    if let Some(rest) = text.strip_prefix("*.").filter(|_| error.offset == 0) {
        return Some(format!("this is a pattern of file names; as an expression it is `\\.{rest}`"));
    }
    match text.as_bytes().get(error.offset)? {
        b'*' | b'+' | b'?' => Some("write `.*` for any text, or `\\*` for the character itself".to_owned()),
        b')' => Some("write `\\)` for the character itself, or take it away".to_owned()),
        _ => None,
    }
}

/// Where the innermost group begins that is still open at the end.
fn unclosed_group(text: &str) -> Option<usize> {
    let mut open = Vec::new();
    let mut class = false;
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'[' if !class => class = true,
            b']' => class = false,
            b'(' if !class => open.push(at),
            b')' if !class => drop(open.pop()),
            _ => {}
        }
    }
    open.pop()
}

/// `fastcgi_split_path_info` wants the script and what is behind it.
fn wrong_groups(pattern: &Pattern<'_>) -> Option<Diagnostic> {
    let text = &pattern.text;
    if pattern.node.name() != "fastcgi_split_path_info" || is_template(&text.value) {
        return None;
    }
    let groups = regex(&text.value, pattern.caseless).as_ref().as_ref().ok()?.captures;
    if groups == 2 {
        return None;
    }
    let count = if groups == 1 { "1 group".to_owned() } else { format!("{groups} groups") };
    let message =
        format!("`fastcgi_split_path_info` takes two groups and this has {count}: nginx does not start");
    let found = Diagnostic::new(text.span(), message, "one for the script, one for the path behind it");
    let log = format!("nginx logs: pattern \"{}\" must have 2 captures", text.value);
    Some(found.note(log).help(r"write `fastcgi_split_path_info ^(.+\.php)(/.+)$;`"))
}
