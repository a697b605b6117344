//! `body/memory-below-post`: PHP takes a form that is larger than the memory it has.

use super::{POST, Size, UPLOAD};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::{Fpm, Pool};
use crate::value::bytes_text;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "body/memory-below-post",
    severity: Severity::Warning,
    summary: "PHP takes a form that is larger than the memory it has for all of the request",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/body/memory-below-post.md"),
    check,
};

/// The memory of a request, and its default.
const MEMORY: (&str, &str) = ("memory_limit", "128M");

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (fpm, pool) in context.stack.pools() {
        let Some(found) = finding(context, fpm, pool) else { continue };
        sink.report_once_as(found.0, found.1);
    }
}

fn finding(context: &Context<'_>, fpm: &Fpm, pool: &Pool) -> Option<(Severity, Diagnostic)> {
    let read = |(key, default)| {
        let setting = context.stack.php_setting(context.files, None, fpm, pool, key, default)?;
        Size::read(key, &setting)
    };
    let (memory, post, upload) = (read(MEMORY)?, read(POST)?, read(UPLOAD)?);
    let place = memory.span.or(post.span)?;
    if memory.bytes > post.bytes {
        return None;
    }
    // Files go to the disk as they come in. Where the room is for them, forms seldom grow that large.
    let for_files = upload.bytes.saturating_mul(2) >= post.bytes;
    let severity = if for_files { Severity::Hint } else { Severity::Warning };
    let message = format!(
        "PHP takes forms of {} and has {} of memory for the whole request: one that fills it ends in a fatal error, and answers \
         500 or 502",
        bytes_text(post.bytes),
        bytes_text(memory.bytes)
    );
    let words = bytes_text(enough(post.bytes));
    let mut found =
        Diagnostic::new(place, message, if memory.span.is_some() { memory.words() } else { post.words() });
    if let Some(other) = post.span.filter(|&span| span != place) {
        found = found.label(other, post.words());
    }
    let edit = memory.value_span.map(|span| {
        let quote = context.sources.text(span).chars().next().filter(|first| matches!(first, '"' | '\''));
        let quote = quote.map(String::from).unwrap_or_default();
        Edit::replace(span, format!("{quote}{words}{quote}"))
    });
    let found = found
        .note(format!("PHP logs: PHP Fatal error:  Allowed memory size of {} bytes exhausted", memory.bytes))
        .help(format!("write `memory_limit = {words}`, or a smaller post_max_size"))
        .fix(edit.map(|edit| Fix::risky(format!("give PHP {words}"), vec![edit])));
    Some((severity, found))
}

/// Four times the form, and no less than PHP's default: PHP holds a form more than once while it reads it.
fn enough(post: u64) -> u64 {
    const MEGABYTE: u64 = 1 << 20;
    post.saturating_mul(4).max(128 * MEGABYTE).div_ceil(MEGABYTE).saturating_mul(MEGABYTE)
}
