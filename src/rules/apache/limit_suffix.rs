//! `apache/limit-suffix`: Apache takes `LimitRequestFieldSize 16k` for 16 bytes.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::Entry;
use crate::value;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/limit-suffix",
    severity: Severity::Error,
    summary: "Apache takes a limit of 16k for 16",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/limit-suffix.md"),
    check,
};

/// The directives httpd reads with `atoi()`: as it is written, what it counts, and what a request gets that is over it.
const LIMITS: &[(&str, &str, &str, &str)] = &[
    ("limitrequestfieldsize", "LimitRequestFieldSize", "bytes", "400"),
    ("limitrequestline", "LimitRequestLine", "bytes", "414"),
    ("limitrequestfields", "LimitRequestFields", "fields", "400"),
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in &context.stack.apache {
        for limit in LIMITS {
            for (_, entry) in apache.everywhere(limit.0) {
                sink.report_once(finding(context, entry, limit));
            }
        }
    }
}

fn finding(
    context: &Context<'_>,
    entry: &Entry,
    &(_, name, counted, status): &(&str, &str, &str, &str),
) -> Option<Diagnostic> {
    let arg = entry.args.first().filter(|arg| !arg.is_unresolved())?;
    let meant = meant(&arg.value)?;
    let read = value::apache_int(&arg.value).value;
    let message = format!(
        "Apache drops the unit of `{}` and takes {read} {counted}: requests answer {status}",
        arg.value
    );
    let span = arg.plain.filter(|&span| context.sources.text(span) == arg.value);
    let fix =
        span.map(|span| Fix::safe(format!("write {meant}"), vec![Edit::replace(span, meant.to_string())]));
    let logs = match name {
        "LimitRequestFieldSize" => "AH00561: Request header exceeds LimitRequestFieldSize",
        "LimitRequestLine" => "AH00565: request failed: client's request-line exceeds LimitRequestLine",
        _ => "AH00563: Number of request headers exceeds LimitRequestFields",
    };
    Some(
        Diagnostic::new(entry.span(context.files), message, format!("{read} {counted}"))
            .note(format!("`apachectl configtest` says Syntax OK, and only `LogLevel info` logs: {logs}"))
            .help(format!("write `{name} {meant}`"))
            .fix(fix),
    )
}

/// `16k` multiplied out; `None` for what is a number, or has no unit of size behind it.
fn meant(text: &str) -> Option<i32> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number: i32 = text[..digits].parse().ok()?;
    let factor = match text[digits..].trim_start().to_ascii_lowercase().as_str() {
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        _ => return None,
    };
    number.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn units_are_multiplied_out() {
        assert_eq!(meant("16k"), Some(16384));
        assert_eq!(meant("1MB"), Some(1_048_576));
        assert_eq!(meant("8190"), None);
        assert_eq!(meant("8190bytes"), None);
    }
}
