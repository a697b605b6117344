//! `buffer/apache-header-too-small`: Apache takes less of a header than an ordinary visitor sends.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::options::{OptionKind, RuleOption};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::Entry;
use crate::value::bytes_text;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "buffer/apache-header-too-small",
    severity: Severity::Warning,
    summary: "the cookies or the address of an ordinary request are longer than Apache takes",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/buffer/apache-header-too-small.md"),
    check,
};

/// The longest field that has to fit.
pub(crate) static FIELD: RuleOption =
    RuleOption { rule: RULE.name, key: "field", kind: OptionKind::Bytes, default: 4000 };

/// The longest first line that has to fit.
pub(crate) static LINE: RuleOption =
    RuleOption { rule: RULE.name, key: "line", kind: OptionKind::Bytes, default: 1024 };

/// httpd's default for both.
const DEFAULT: u64 = 8190;

/// A limit: its name in small letters and as it is written, what it is about, and what is answered and logged.
struct Limit {
    name: &'static str,
    what: &'static str,
    fails: &'static str,
    log: &'static str,
    option: &'static RuleOption,
}

static LIMITS: [Limit; 2] = [
    Limit {
        name: "limitrequestfieldsize",
        what: "no field of a header may be longer than",
        fails: "a visitor with more cookies gets 400 \"Size of a request header field exceeds server limit.\"",
        log: "Apache logs, at the level info: AH00561: Request header exceeds LimitRequestFieldSize: Cookie",
        option: &FIELD,
    },
    Limit {
        name: "limitrequestline",
        what: "the first line of a request may be no longer than",
        fails: "a longer address answers 414 \"Request-URI Too Long\"",
        log: "Apache logs, at the level info: AH00565: request failed: client's request-line exceeds LimitRequestLine",
        option: &LINE,
    },
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for apache in &context.stack.apache {
        for limit in &LIMITS {
            let minimum = context.options.of(limit.option);
            for (_, entry) in apache.everywhere(limit.name) {
                if let Some(found) = finding(context, entry, limit, minimum).filter(|_| seen.insert(entry.at))
                {
                    sink.report(found);
                }
            }
        }
    }
}

/// A number with a unit is the matter of another rule.
fn finding(context: &Context<'_>, entry: &Entry, limit: &Limit, minimum: u64) -> Option<Diagnostic> {
    let arg = entry.args.first().filter(|arg| arg.value.bytes().all(|byte| byte.is_ascii_digit()))?;
    let bytes: u64 = arg.value.parse().ok()?;
    if bytes >= minimum {
        return None;
    }
    let Limit { what, fails, log, .. } = limit;
    let enough = DEFAULT.max(minimum);
    let node = context.files.node(entry.at);
    let message = format!("{what} {} bytes: {fails}", bytes);
    let fix = arg.plain.map(|span| {
        Fix::risky(format!("take {}", bytes_text(enough)), vec![Edit::replace(span, enough.to_string())])
    });
    Some(
        Diagnostic::new(entry.span(context.files), message, "less than browsers send")
            .note(*log)
            .help(format!("write `{} {enough}`", node.name()))
            .fix(fix),
    )
}
