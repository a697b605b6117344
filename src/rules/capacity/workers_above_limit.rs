//! `capacity/workers-above-limit`: Apache lowers the number of requests it answers at a time.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::apache::{Apache, Entry};
use crate::value::apache_int;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "capacity/workers-above-limit",
    severity: Severity::Warning,
    summary: "MaxRequestWorkers is above what ServerLimit allows, and Apache lowers it",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/capacity/workers-above-limit.md"),
    check,
};

/// How a loaded MPM counts: the processes it may have, and the threads of each.
struct Model<'a> {
    limit: Setting<'a>,
    threads: Setting<'a>,
}

/// A number of Apache, set or by default.
#[derive(Clone, Copy)]
struct Setting<'a> {
    value: u64,
    entry: Option<&'a Entry>,
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in context.stack.apache.iter().filter(|apache| apache.whole) {
        sink.report_some(finding(context, apache));
    }
}

/// The last line of one of these names.
fn setting<'a>(apache: &'a Apache, names: &[&'a str], default: u64) -> Option<Setting<'a>> {
    let last = names.iter().flat_map(|name| apache.everywhere(name)).map(|(_, entry)| entry).last();
    let Some(entry) = last else { return Some(Setting { value: default, entry: None }) };
    let arg = entry.args.first().filter(|arg| !arg.is_unresolved())?;
    let value = u64::try_from(apache_int(&arg.value).value).ok().filter(|value| *value > 0)?;
    Some(Setting { value, entry: Some(entry) })
}

/// By the module that is loaded; `None` where it is not in sight.
fn model(apache: &Apache) -> Option<Model<'_>> {
    let loaded = |name: &str| apache.everywhere("loadmodule").any(|(_, entry)| entry.value(0) == Some(name));
    let one = Setting { value: 1, entry: None };
    match (loaded("mpm_prefork_module"), loaded("mpm_event_module") || loaded("mpm_worker_module")) {
        (true, false) => Some(Model { limit: setting(apache, &["serverlimit"], 256)?, threads: one }),
        (false, true) => {
            let most = setting(apache, &["threadlimit"], 64)?.value;
            let threads = setting(apache, &["threadsperchild"], 25)?;
            let threads = Setting { value: threads.value.min(most), ..threads };
            Some(Model { limit: setting(apache, &["serverlimit"], 16)?, threads })
        }
        _ => None,
    }
}

fn finding(context: &Context<'_>, apache: &Apache) -> Option<Diagnostic> {
    let Model { limit, threads } = model(apache)?;
    let wanted = setting(apache, &["maxrequestworkers", "maxclients"], 0)?;
    let entry = wanted.entry?;
    let most = limit.value.saturating_mul(threads.value);
    if wanted.value <= most {
        return None;
    }
    let needed = wanted.value.div_ceil(threads.value);
    let message = format!(
        "Apache answers {most} requests at a time and not {}: ServerLimit allows {} processes of {} each",
        wanted.value, limit.value, threads.value
    );
    let log = match threads.value {
        1 => format!(
            "Apache logs: AH00180: WARNING: MaxRequestWorkers of {} exceeds ServerLimit value of {} servers, decreasing \
             MaxRequestWorkers to {most}.",
            wanted.value, limit.value
        ),
        _ => format!(
            "Apache logs: AH00515: WARNING: MaxRequestWorkers of {} would require {needed} servers and would exceed ServerLimit of \
             {}, decreasing to {most}.",
            wanted.value, limit.value
        ),
    };
    let mut found = Diagnostic::new(entry.span(context.files), message, "lowered");
    for other in [limit.entry, threads.entry].into_iter().flatten() {
        found = found.label(other.span(context.files), "allows no more");
    }
    let edit = edit(context, limit.entry, entry, needed);
    Some(
        found
            .note(log)
            .help(format!("write `ServerLimit {needed}`"))
            .fix(edit.map(|edit| Fix::risky(format!("allow {needed} processes"), vec![edit]))),
    )
}

/// Raises the limit where it stands, else sets it above.
fn edit(context: &Context<'_>, limit: Option<&Entry>, workers: &Entry, needed: u64) -> Option<Edit> {
    let Some(limit) = limit else {
        let node = context.files.node(workers.at);
        return Some(edits::insert_line_before(node, &format!("ServerLimit {needed}")));
    };
    let span: Span = limit.args.first()?.plain?;
    Some(Edit::replace(span, needed.to_string()))
}
