//! Are sizes and times written as nginx reads them?

pub(super) mod invalid_size;
pub(super) mod invalid_time;

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::edits;
use crate::rule::{Context, Sink};
use crate::source::Span;
use crate::tree::{At, NodeRef};
use crate::value::{self, Resolution};
use crate::vocabulary::{self, Value};

/// What a word is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    /// How many buffers, at least one.
    Count,
    /// How large each of them is: a size, and not zero.
    BufferSize,
    /// Digits, `k` or `m`.
    Size,
    /// Digits, `k`, `m` or `g`.
    Offset,
    /// A time of which milliseconds count.
    Milliseconds,
    /// A time in whole seconds.
    Seconds,
}

impl Unit {
    /// What the argument of a directive is read as, by the type the vocabulary gives it.
    fn of(value: Value) -> Option<Self> {
        match value {
            Value::Size | Value::ComplexSize => Some(Self::Size),
            Value::Offset => Some(Self::Offset),
            Value::Milliseconds => Some(Self::Milliseconds),
            Value::Seconds => Some(Self::Seconds),
            _ => None,
        }
    }

    fn is_size(self) -> bool {
        !matches!(self, Self::Milliseconds | Self::Seconds)
    }

    /// Whether nginx takes the text.
    fn takes(self, text: &str) -> bool {
        match self {
            Self::Count => value::nginx_number(text).is_ok_and(|count| count > 0),
            Self::BufferSize => value::nginx_size(text).is_ok_and(|size| size > 0),
            Self::Size => value::nginx_size(text).is_ok(),
            Self::Offset => value::nginx_offset(text).is_ok(),
            Self::Milliseconds => value::nginx_time(text, Resolution::Milliseconds).is_ok(),
            Self::Seconds => value::nginx_time(text, Resolution::Seconds).is_ok(),
        }
    }

    /// What is meant by a text nginx does not take, as it takes it.
    fn mend(self, text: &str) -> Option<String> {
        if self == Self::Count {
            return None;
        }
        let number = text.trim_start();
        let end = number.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number.len());
        let (number, word) = number.split_at(end);
        let units = if self.is_size() { SIZES } else { TIMES };
        let word = word.trim().to_ascii_lowercase();
        let at = units.iter().position(|(_, _, words)| words.contains(&word.as_str()))?;
        // The same unit where nginx takes it and the number is whole, else a smaller one, else a larger.
        let (_, scale, _) = units[at];
        let amount = scaled(number, scale)?;
        let written =
            units[at..].iter().chain(units[..at].iter().rev()).filter(|(_, size, _)| amount % size == 0);
        let mut texts = written.map(|(unit, size, _)| format!("{}{unit}", amount / size));
        texts.find(|text| self.takes(text))
    }
}

/// Units from the largest down: as nginx writes it, how much it is, and what people write.
type Units = &'static [(&'static str, u64, &'static [&'static str])];

const SIZES: Units = &[
    ("g", 1 << 30, &["g", "gb", "gib"]),
    ("m", 1 << 20, &["m", "mb", "mib", "meg", "megs", "mbyte", "mbytes"]),
    ("k", 1 << 10, &["k", "kb", "kib", "kbyte", "kbytes"]),
    ("", 1, &["", "b", "byte", "bytes"]),
];

const TIMES: Units = &[
    ("d", 86_400_000, &["d", "day", "days"]),
    ("h", 3_600_000, &["h", "hr", "hrs", "hour", "hours"]),
    ("m", 60_000, &["m", "min", "mins", "minute", "minutes"]),
    ("s", 1000, &["s", "sec", "secs", "second", "seconds", ""]),
    ("ms", 1, &["ms", "msec", "msecs", "millisecond", "milliseconds"]),
];

/// `number`, which may have a fraction, times `scale`, where that is a whole number.
fn scaled(number: &str, scale: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole: u64 = whole.parse().ok()?;
    let parts = 10_u64.checked_pow(fraction.len() as u32)?;
    let fraction: u64 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let rest = fraction.checked_mul(scale)?;
    let rest = (rest % parts == 0).then_some(rest / parts)?;
    whole.checked_mul(scale)?.checked_add(rest)
}

/// A word that is read as a size or time.
#[derive(Debug)]
struct Written<'a> {
    node: NodeRef<'a>,
    /// The word, or the part of it behind `valid=`.
    text: String,
    /// Where a label points.
    span: Span,
    /// Where the text itself stands; `None` when it takes two words or has escapes.
    plain: Option<Span>,
    unit: Unit,
}

/// Reports the sizes, or the times, that nginx does not take.
fn report(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    wanted: fn(Unit) -> bool,
    message: fn(&str, &str, Unit) -> String,
) {
    let mut seen: HashSet<At> = HashSet::new();
    for nginx in &context.stack.nginx {
        let nodes = nginx.scope_ids().flat_map(|scope| nginx.entries(context.files, scope));
        for node in nodes.filter(|node| node.body().is_none()) {
            let written = words(node).into_iter().filter(|word| wanted(word.unit) && is_refused(word));
            let written: Vec<_> = written.collect();
            if written.is_empty() || !seen.insert(node.at()) {
                continue;
            }
            for word in written {
                sink.report(finding(&word, message(node.name(), &word.text, word.unit)));
            }
        }
    }
}

/// A text a template or a variable fills in is not known.
fn is_refused(word: &Written<'_>) -> bool {
    !word.text.contains(['$', '{', '}', '<', '>', '%', '@', '_', '[', ']', '#', '*'])
        && !word.unit.takes(&word.text)
}

/// The words of a directive that are read as sizes or times.
fn words(node: NodeRef<'_>) -> Vec<Written<'_>> {
    let meanings = vocabulary::nginx(node.name());
    let buffers = meanings.iter().any(|word| word.value == Value::Buffers);
    let unit = meanings.iter().find_map(|word| Unit::of(word.value));
    let each = |units: [Unit; 2]| {
        units.into_iter().enumerate().filter_map(|(index, unit)| word(node, index, 0, unit)).collect()
    };
    match (node.words().len(), unit) {
        (2, _) if buffers => each([Unit::Count, Unit::BufferSize]),
        (2, _) if node.name() == "keepalive_timeout" => each([Unit::Milliseconds, Unit::Seconds]),
        (1, Some(unit)) => word(node, 0, 0, unit).into_iter().collect(),
        (2, Some(unit)) => in_two(node, unit).into_iter().collect(),
        (_, None) => parameters(node),
        _ => Vec::new(),
    }
}

/// Argument `index` from the byte `skip` on.
fn word(node: NodeRef<'_>, index: usize, skip: usize, unit: Unit) -> Option<Written<'_>> {
    let text = node.arg(index)?.get(skip..)?.to_owned();
    let plain = node.plain_span(index).map(|span| Span::new(span.lo + skip as u32, span.hi));
    Some(Written { node, text, span: node.arg_span(index)?, plain, unit })
}

/// A number and its unit with a blank between them.
fn in_two(node: NodeRef<'_>, unit: Unit) -> Option<Written<'_>> {
    let text = format!("{} {}", node.arg(0)?, node.arg(1)?);
    unit.mend(&text)?;
    Some(Written { node, text, span: node.arg_span(0)?.to(node.arg_span(1)?), plain: None, unit })
}

/// Parameters like `valid=`, by the directives that take them.
const PARAMETERS: &[(&str, &str, Unit)] = &[
    ("server", "fail_timeout=", Unit::Seconds),
    ("resolver", "valid=", Unit::Seconds),
    ("open_file_cache", "inactive=", Unit::Seconds),
    ("proxy_cache_path", "inactive=", Unit::Seconds),
    ("proxy_cache_path", "max_size=", Unit::Offset),
    ("fastcgi_cache_path", "inactive=", Unit::Seconds),
    ("fastcgi_cache_path", "max_size=", Unit::Offset),
];

fn parameters(node: NodeRef<'_>) -> Vec<Written<'_>> {
    let taken: Vec<_> = PARAMETERS.iter().filter(|(directive, ..)| *directive == node.name()).collect();
    if taken.is_empty() {
        return Vec::new();
    }
    let read = |index: usize| {
        let arg = node.arg(index)?;
        let (_, key, unit) = taken.iter().find(|(_, key, _)| arg.starts_with(key))?;
        word(node, index, key.len(), *unit)
    };
    (0..node.words().len()).filter_map(read).collect()
}

fn finding(word: &Written<'_>, message: String) -> Diagnostic {
    let name = word.node.name();
    let log = match word.plain {
        None if word.text.contains(' ') => {
            format!("nginx logs: invalid number of arguments in \"{name}\" directive")
        }
        _ => format!("nginx logs: \"{name}\" directive invalid value"),
    };
    let mut found = Diagnostic::new(word.span, message, "is not taken").note(log);
    if let Some(text) = word.unit.mend(&word.text) {
        let edit = match word.plain {
            Some(span) => Edit::replace(span, &text),
            None => edits::set_value(word.node, &text),
        };
        let alone = word.plain.is_none() || word.node.words().len() == 1;
        let help = if alone { format!("write `{name} {text};`") } else { format!("write `{text}`") };
        found = found.help(help).fix(Fix::safe(format!("write {text}"), vec![edit]));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::Unit::{Milliseconds, Offset, Seconds, Size};

    #[test]
    fn what_is_meant_is_written_as_nginx_reads_it() {
        let cases = [
            (Offset, "64MB", "64m"),
            (Offset, "20 m", "20m"),
            (Offset, "1.5G", "1536m"),
            (Offset, "2GB", "2g"),
            (Size, "1g", "1024m"),
            (Size, "1.5m", "1536k"),
            (Size, "100bytes", "100"),
            (Milliseconds, "300sec", "300s"),
            (Milliseconds, "5 m", "5m"),
            (Milliseconds, "1.5m", "90s"),
            (Milliseconds, "0.5", "500ms"),
            (Milliseconds, "60S", "60s"),
            (Seconds, "10min", "10m"),
            (Seconds, "1500ms", ""),
            (Seconds, "2000ms", "2s"),
            (Seconds, "2weeks", ""),
            (Size, "many", ""),
            (Size, "0.3k", ""),
            (Size, "99999999999g", ""),
        ];
        for (unit, text, wanted) in cases {
            assert!(!unit.takes(text), "{text}");
            assert_eq!(unit.mend(text).unwrap_or_default(), wanted, "{text}");
        }
    }
}
