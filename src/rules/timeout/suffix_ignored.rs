//! `timeout/suffix-ignored`: Apache and FPM take a time for another than the one that is written.

use super::apache_seconds;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::apache::Arg;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::apache::{Apache, Entry, SectionKind};
use crate::stack::fpm::Pool;
use crate::value::{self, Resolution};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "timeout/suffix-ignored",
    severity: Severity::Error,
    summary: "Apache or FPM takes a time for another than the one that is written",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/timeout/suffix-ignored.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let apache = context.stack.apache.iter().flat_map(|apache| of_apache(context, apache));
    let pools = context.stack.fpm.iter().flat_map(|fpm| fpm.global.iter().chain(&fpm.pools));
    for time in apache.chain(pools.flat_map(|pool| of_pool(context, pool))) {
        sink.report_once(time.finding());
    }
}

/// A time that is not read as it is written.
struct Misread {
    /// Who reads it.
    reader: &'static str,
    text: String,
    /// Where the text stands, quotes left out.
    span: Span,
    name: &'static str,
    /// Seconds it is taken for.
    read: i64,
    /// Seconds it was meant to be, at least one.
    meant: i64,
}

impl Misread {
    fn finding(&self) -> Diagnostic {
        let Self { reader, text, name, read, meant, .. } = self;
        let message = format!("{reader} takes `{text}` for {read} s, not for {meant} s");
        let effect = match (*reader, read < meant) {
            ("Apache", true) => {
                "slower requests answer 504 where PHP-FPM is behind it, 502 where another web server is"
            }
            ("Apache", false) => "a backend that hangs is waited for that long",
            (_, true) => "the limit comes too early",
            (_, false) => "the limit comes too late",
        };
        let test = if *reader == "Apache" {
            "`apachectl configtest` says Syntax OK"
        } else {
            "`php-fpm -t` says that the test is successful"
        };
        Diagnostic::new(self.span, message, format!("{} is {read} s", name.trim_end_matches('=')))
            .note(format!("{test}; {effect}"))
            .help(format!("write `{meant}`: a whole number of seconds"))
            .fix(Fix::risky(
                format!("write {meant} s for {text}"),
                vec![Edit::replace(self.span, meant.to_string())],
            ))
    }
}

/// The times httpd reads with `atoi()`, which drops what follows the number.
fn of_apache(context: &Context<'_>, apache: &Apache) -> Vec<Misread> {
    let mut times = Vec::new();
    for id in apache.section_ids() {
        let section = apache.section(id);
        for entry in &section.entries {
            match entry.name.as_str() {
                "timeout" => times.extend(first(entry, "Timeout")),
                "proxytimeout" => times.extend(first(entry, "ProxyTimeout")),
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

fn first(entry: &Entry, name: &'static str) -> Option<Misread> {
    let arg = entry.args.first().filter(|arg| !arg.is_unresolved())?;
    by_atoi(&arg.value, arg.plain?, name)
}

/// The value of `timeout=…`.
fn parameter(context: &Context<'_>, arg: &Arg) -> Option<Misread> {
    let (key, text) = arg.value.split_once('=').filter(|_| !arg.is_unresolved())?;
    let span = arg.part(key.len() + 1, arg.value.len())?;
    let same = context.sources.text(span) == text;
    if same && key.eq_ignore_ascii_case("timeout") { by_atoi(text, span, "timeout=") } else { None }
}

/// A number below 1 is refused when Apache starts, and no finding of this rule.
fn by_atoi(text: &str, span: Span, name: &'static str) -> Option<Misread> {
    let read = i64::from(value::apache_int(text).value);
    let meant = meant(text).filter(|_| read > 0 && apache_seconds(text).is_none())?;
    Some(Misread { reader: "Apache", text: text.to_owned(), span, name, read, meant })
}

/// The times of a pool, and of `[global]`.
const POOL_TIMES: &[&str] = &[
    "request_terminate_timeout",
    "request_slowlog_timeout",
    "pm.process_idle_timeout",
    "process_control_timeout",
    "emergency_restart_interval",
];

/// FPM takes the last letter for the unit, and of what stands before it the digits up to the first other character.
fn of_pool(context: &Context<'_>, pool: &Pool) -> Vec<Misread> {
    let misread = |name: &&'static str| {
        let entry = pool.get(name)?;
        let reading = value::fpm_time(&entry.value).ok().filter(|reading| !reading.whole)?;
        let (read, meant) = (i64::from(reading.value), meant(&entry.value)?);
        let span = entry.value_span?;
        let quoted = context.sources.text(span).starts_with(['"', '\'']);
        let span = if quoted { Span::new(span.lo + 1, span.hi - 1) } else { span };
        let misread = Misread { reader: "FPM", text: entry.value.clone(), span, name, read, meant };
        (read != meant).then_some(misread)
    };
    POOL_TIMES.iter().filter_map(misread).collect()
}

/// What people mean by `5m`, `5min`, `1h30m`, `1.5m` or `500ms`, in whole seconds and at least one; `None` for what is no
/// time.
fn meant(text: &str) -> Option<i64> {
    let text = text.to_ascii_lowercase();
    let exact = value::nginx_time(&text, Resolution::Milliseconds).ok();
    let millis = exact.or_else(|| in_words(&text))?;
    let seconds = i64::try_from(millis.div_ceil(1000).max(1)).ok()?;
    i32::try_from(seconds).is_ok().then_some(seconds)
}

/// Milliseconds of a number, with or without a fraction, and a unit of any length.
fn in_words(text: &str) -> Option<u64> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let (whole, fraction) =
        text[..text.len() - unit.len()].split_once('.').unwrap_or((&text[..text.len() - unit.len()], ""));
    let scale: u64 = match unit.trim_start() {
        "ms" | "msec" => 1,
        "s" | "sec" | "secs" => 1000,
        "m" | "mi" | "min" | "mins" | "minute" | "minutes" => 60_000,
        "h" | "hour" | "hours" => 3_600_000,
        "d" | "day" | "days" => 86_400_000,
        _ => return None,
    };
    let millis = whole.parse::<u64>().ok()?.checked_mul(scale)?;
    let tenths = match fraction.bytes().next() {
        Some(digit) if digit.is_ascii_digit() && fraction.len() == 1 => u64::from(digit - b'0'),
        None => 0,
        Some(_) => return None,
    };
    millis.checked_add(scale * tenths / 10)
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn units_are_what_people_mean() {
        assert_eq!(meant("5m"), Some(300));
        assert_eq!(meant("3min"), Some(180));
        assert_eq!(meant("1H"), Some(3600));
        assert_eq!(meant("2 minutes"), Some(120));
        assert_eq!(meant("1500ms"), Some(2));
        assert_eq!(meant("1.5m"), Some(90));
        assert_eq!(meant("1h30m"), Some(5400));
        assert_eq!(meant("5x"), None);
        assert_eq!(meant("m"), None);
    }
}
