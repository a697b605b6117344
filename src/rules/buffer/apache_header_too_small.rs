//! `buffer/apache-header-too-small`: Apache takes less of a header than an ordinary visitor sends.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::options::{OptionKind, RuleOption};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::Entry;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "buffer/apache-header-too-small",
    severity: Severity::Warning,
    summary: "the cookies, the address or the header of an ordinary request are longer than Apache takes",
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

/// The most fields a request of a browser has that has to fit.
pub(crate) static FIELDS: RuleOption =
    RuleOption { rule: RULE.name, key: "fields", kind: OptionKind::Number, default: 20 };

/// A limit: its name in small letters, what it is about and counts, what is answered and logged, and httpd's default.
struct Limit {
    name: &'static str,
    what: &'static str,
    unit: &'static str,
    fails: &'static str,
    log: &'static str,
    option: &'static RuleOption,
    default: u64,
    /// Whether 0 is no limit.
    unlimited: bool,
}

static LIMITS: [Limit; 3] = [
    Limit {
        name: "limitrequestfieldsize",
        what: "no field of a header may be longer than",
        unit: "bytes",
        fails: "a visitor with more cookies gets 400 \"Size of a request header field exceeds server limit.\"",
        log: "Apache logs, at the level info: AH00561: Request header exceeds LimitRequestFieldSize: Cookie",
        option: &FIELD,
        default: 8190,
        unlimited: false,
    },
    Limit {
        name: "limitrequestline",
        what: "the first line of a request may be no longer than",
        unit: "bytes",
        fails: "a longer address answers 414 \"Request-URI Too Long\"",
        log: "Apache logs, at the level info: AH00565: request failed: client's request-line exceeds LimitRequestLine",
        option: &LINE,
        default: 8190,
        unlimited: false,
    },
    Limit {
        name: "limitrequestfields",
        what: "no header may have more than",
        unit: "fields",
        fails: "browsers send up to 20, and get 400 \"The number of request header fields exceeds this server's limit.\"",
        log: "Apache logs, at the level info: AH00563: Number of request headers exceeds LimitRequestFields",
        option: &FIELDS,
        default: 100,
        unlimited: true,
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
    let taken: u64 = arg.value.parse().ok()?;
    if taken >= minimum || (taken == 0 && limit.unlimited) {
        return None;
    }
    let Limit { what, unit, fails, log, .. } = limit;
    let enough = limit.default.max(minimum);
    let node = context.files.node(entry.at);
    let message = format!("{what} {taken} {unit}: {fails}");
    let fix = arg.plain.map(|span| {
        Fix::risky(format!("take {enough} {unit}"), vec![Edit::replace(span, enough.to_string())])
    });
    Some(
        Diagnostic::new(entry.span(context.files), message, "less than browsers send")
            .note(*log)
            .help(format!("write `{} {enough}`", node.name()))
            .fix(fix),
    )
}
