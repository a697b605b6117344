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

/// A limit that is read with `atoi()` or `strtol()`.
struct Limit {
    /// Its name as it is written.
    name: &'static str,
    /// What it counts.
    counted: &'static str,
    /// Which requests get which answer.
    outcome: &'static str,
    /// What is logged.
    logs: &'static str,
    /// Whether it is met by every request.
    severity: Severity,
}

const LIMITS: [Limit; 5] = [
    Limit {
        name: "LimitRequestFieldSize",
        counted: "bytes",
        outcome: "requests answer 400",
        logs: "only `LogLevel info` logs: AH00561: Request header exceeds LimitRequestFieldSize",
        severity: Severity::Error,
    },
    Limit {
        name: "LimitRequestLine",
        counted: "bytes",
        outcome: "requests answer 414",
        logs: "only `LogLevel info` logs: AH00565: request failed: client's request-line exceeds LimitRequestLine",
        severity: Severity::Error,
    },
    Limit {
        name: "LimitRequestFields",
        counted: "fields",
        outcome: "requests answer 400",
        logs: "only `LogLevel info` logs: AH00563: Number of request headers exceeds LimitRequestFields",
        severity: Severity::Error,
    },
    Limit {
        name: "SecRequestBodyLimit",
        counted: "bytes",
        outcome: "longer forms answer 413",
        logs: "Apache logs: ModSecurity: Request body (Content-Length) is larger than the configured limit",
        severity: Severity::Warning,
    },
    Limit {
        name: "SecRequestBodyNoFilesLimit",
        counted: "bytes",
        outcome: "longer forms answer 413",
        logs: "Apache logs: ModSecurity: Request body no files data length is larger than the configured limit",
        severity: Severity::Warning,
    },
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in &context.stack.apache {
        for limit in &LIMITS {
            for (_, entry) in apache.everywhere(&limit.name.to_ascii_lowercase()) {
                sink.report_once_as(limit.severity, finding(context, entry, limit));
            }
        }
    }
}

fn finding(context: &Context<'_>, entry: &Entry, limit: &Limit) -> Option<Diagnostic> {
    let Limit { name, counted, outcome, logs, .. } = limit;
    let arg = entry.args.first().filter(|arg| !arg.is_unresolved())?;
    let meant = meant(&arg.value)?;
    let read = value::apache_int(&arg.value).value;
    let message = format!("Apache drops the unit of `{}` and takes {read} {counted}: {outcome}", arg.value);
    let span = arg.plain.filter(|&span| context.sources.text(span) == arg.value);
    let fix =
        span.map(|span| Fix::safe(format!("write {meant}"), vec![Edit::replace(span, meant.to_string())]));
    Some(
        Diagnostic::new(entry.span(context.files), message, format!("{read} {counted}"))
            .note(format!("`apachectl configtest` says Syntax OK, and {logs}"))
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
