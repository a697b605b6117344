//! `timeout/suffix-ignored`: Apache drops the unit of a time and takes the number for seconds.

use std::collections::HashSet;

use super::apache_seconds;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::apache::Arg;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::apache::{Apache, Entry, SectionKind};
use crate::value;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "timeout/suffix-ignored",
    severity: Severity::Error,
    summary: "Apache drops the unit of a time and takes the number for seconds",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/timeout/suffix-ignored.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for apache in &context.stack.apache {
        for (text, span, name) in times(apache, context) {
            if let Some(found) = finding(&text, span, name).filter(|_| seen.insert(span)) {
                sink.report(found);
            }
        }
    }
}

/// Every time that httpd reads with `atoi()`: the text, where it is written, and what sets it.
fn times<'a>(apache: &'a Apache, context: &'a Context<'_>) -> Vec<(String, Span, &'static str)> {
    let mut times = Vec::new();
    for id in apache.section_ids() {
        let section = apache.section(id);
        for entry in &section.entries {
            match entry.name.as_str() {
                "timeout" => times.extend(first(entry).map(|(text, span)| (text, span, "Timeout"))),
                "proxytimeout" => times.extend(first(entry).map(|(text, span)| (text, span, "ProxyTimeout"))),
                "proxypass" | "proxypassmatch" | "proxyset" | "balancermember" => {
                    times.extend(entry.args.iter().filter_map(|arg| parameter(context, arg)));
                }
                _ => {}
            }
        }
        if section.kind == SectionKind::Proxy {
            times.extend(section.args.iter().skip(1).filter_map(|arg| parameter(context, arg)));
        }
    }
    times
}

fn first(entry: &Entry) -> Option<(String, Span)> {
    let arg = entry.args.first().filter(|arg| !arg.is_unresolved())?;
    Some((arg.value.clone(), arg.plain?))
}

/// The value of `timeout=…`.
fn parameter(context: &Context<'_>, arg: &Arg) -> Option<(String, Span, &'static str)> {
    let (key, text) = arg.value.split_once('=').filter(|_| !arg.is_unresolved())?;
    let span = arg.part(key.len() + 1, arg.value.len())?;
    let same = context.sources.text(span) == text;
    (same && key.eq_ignore_ascii_case("timeout")).then(|| (text.to_owned(), span, "timeout="))
}

fn finding(text: &str, span: Span, name: &str) -> Option<Diagnostic> {
    if apache_seconds(text).is_some() {
        return None;
    }
    let meant = meant(text)?;
    let read = value::apache_int(text).value;
    if read < 1 {
        // Apache refuses to start.
        return None;
    }
    let message = format!("Apache drops the unit of `{text}` and waits {read} s, not {}", meant.words);
    let effect = if i64::from(read) < meant.seconds {
        "slower requests answer 504 where PHP-FPM is behind it, 502 where another web server is"
    } else {
        "a backend that hangs is waited for that long"
    };
    let help = format!("write `{}`: this setting is a number of seconds", meant.seconds);
    let fix = Fix::risky(
        format!("write {} s for {text}", meant.seconds),
        vec![Edit::replace(span, meant.seconds.to_string())],
    );
    let label = format!("{} is {read} s", name.trim_end_matches('='));
    Some(
        Diagnostic::new(span, message, label)
            .note(format!("`apachectl configtest` says Syntax OK; {effect}"))
            .help(help)
            .fix(fix),
    )
}

/// What a time with a unit was meant to be.
struct Meant {
    seconds: i64,
    words: String,
}

/// `5m`, `5min` and `500ms` in seconds, at least one; `None` for units that are none.
fn meant(text: &str) -> Option<Meant> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number: i64 = text[..digits].parse().ok()?;
    let (seconds, unit) = match text[digits..].trim_start().to_ascii_lowercase().as_str() {
        "ms" | "msec" => (number.saturating_add(999) / 1000, "milliseconds"),
        "m" | "mi" | "min" | "mins" | "minute" | "minutes" => (number.checked_mul(60)?, "minutes"),
        "h" | "hour" | "hours" => (number.checked_mul(3600)?, "hours"),
        "d" | "day" | "days" => (number.checked_mul(86_400)?, "days"),
        _ => return None,
    };
    let seconds = seconds.max(1);
    i32::try_from(seconds).ok()?;
    Some(Meant { seconds, words: format!("{number} {unit}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_what_people_mean() {
        let seconds = |text| meant(text).map(|meant| meant.seconds);
        assert_eq!(seconds("5m"), Some(300));
        assert_eq!(seconds("3min"), Some(180));
        assert_eq!(seconds("1H"), Some(3600));
        assert_eq!(seconds("1500ms"), Some(2));
        assert_eq!(seconds("5x"), None);
        assert_eq!(seconds("m"), None);
    }
}
