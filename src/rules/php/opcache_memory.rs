//! `php/opcache-memory`: the memory of `OPcache` does not hold what it has to, and PHP does not start.

use super::{has_opcache, of_servers};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::options::{OptionKind, RuleOption};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::timeout::quoted_like;
use crate::stack::php::{Php, PhpSetting, effective};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/opcache-memory",
    severity: Severity::Error,
    summary: "the memory of OPcache is no larger than its buffer for strings, with which PHP does not start",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/php/opcache-memory.md"),
    check,
};

/// The least memory for scripts that is no hint, in megabytes.
pub(crate) static MINIMUM: RuleOption =
    RuleOption { rule: RULE.name, key: "minimum", kind: OptionKind::Number, default: 32 };

const MEMORY: &str = "opcache.memory_consumption";
const STRINGS: &str = "opcache.interned_strings_buffer";

/// PHP's default for the memory, which it takes too when less than 8 are given.
const DEFAULT: u64 = 128;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for php in of_servers(context).filter(|php| has_opcache(php)) {
        if let Some((severity, found)) = finding(context, php) {
            sink.report_once_as(severity, found);
        }
    }
}

fn finding(context: &Context<'_>, php: &Php) -> Option<(Severity, Diagnostic)> {
    let memory = effective(Some(php), None, MEMORY, "128");
    let strings = effective(Some(php), None, STRINGS, "8");
    let (all, buffer) = (megabytes(&memory)?, megabytes(&strings)?);
    let all = if all < 8 { DEFAULT } else { all };
    let minimum = context.options.of(&MINIMUM);
    if buffer >= all {
        return Some((Severity::Error, too_small(context, php, [(&memory, all), (&strings, buffer)])?));
    }
    let small = all - buffer < minimum && all < DEFAULT;
    Some((Severity::Hint, short_of_room(&memory, all - buffer, minimum + buffer)?)).filter(|_| small)
}

/// A number of megabytes, written as one.
fn megabytes(setting: &PhpSetting) -> Option<u64> {
    setting.value.trim().parse().ok()
}

fn too_small(context: &Context<'_>, php: &Php, sizes: [(&PhpSetting, u64); 2]) -> Option<Diagnostic> {
    let [(memory, all), (strings, buffer)] = sizes;
    let message = format!(
        "OPcache has {all} MB of memory and is to keep {buffer} MB of it for strings: PHP does not start, and every request \
         answers 502"
    );
    let span = memory.span.or(strings.span)?;
    let enough = (buffer * 2).max(DEFAULT);
    let number = enough.to_string();
    let edit = if let Some(value) = memory.value_span {
        Edit::replace(value, quoted_like(context, value, &number))
    } else {
        let line = php.entries.iter().find(|entry| Some(entry.span) == strings.span)?;
        let node = context.files.node(line.at);
        edits::insert_line_after(node, &edits::key_like(node, MEMORY, &number))
    };
    let mut found =
        Diagnostic::new(span, message, if memory.span.is_some() { "in all" } else { "all of it" })
            .note("PHP writes: Fatal Error Insufficient shared memory for interned strings buffer!")
            .help(format!("write `{MEMORY} = {enough}`"))
            .fix(Fix::risky(format!("give OPcache {enough} MB"), vec![edit]));
    if let Some(other) = strings.span.filter(|&other| other != span) {
        found = found.label(other, "for strings alone");
    }
    Some(found)
}

fn short_of_room(memory: &PhpSetting, room: u64, enough: u64) -> Option<Diagnostic> {
    let message = format!(
        "OPcache has {room} MB for scripts: an application of some size does not fit, and is compiled anew at each request"
    );
    let label = format!("less than the {DEFAULT} MB of PHP's default");
    let found = Diagnostic::new(memory.span?, message, label)
        .note("nothing is logged; opcache_get_status() says cache_full")
        .help(format!("write `{MEMORY} = {}`, or leave it out", enough.max(DEFAULT)));
    Some(found)
}
