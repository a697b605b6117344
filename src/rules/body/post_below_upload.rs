//! `body/post-below-upload`: a file PHP would take does not fit into the request PHP takes.

use std::collections::BTreeSet;

use super::{POST, Size, UPLOAD};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::fpm::Pool;
use crate::stack::php::{Php, Sapi, effective};
use crate::tree::NodeRef;
use crate::value::bytes_text;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "body/post-below-upload",
    severity: Severity::Error,
    summary: "a file PHP would take does not fit into the request PHP takes",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/body/post-below-upload.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = BTreeSet::new();
    let alone = context.stack.php.iter().filter(|php| php.sapi != Sapi::Cli).map(|php| (Some(php), None));
    let pools = context.stack.pools().map(|(fpm, pool)| (context.stack.php_of(fpm), Some(pool)));
    for (php, pool) in alone.chain(pools) {
        let Some((post, upload)) = sizes(php, pool) else { continue };
        let Some(place) = post.span.or(upload.span) else { continue };
        if post.bytes <= upload.bytes && seen.insert(place) {
            let severity = if post.bytes < upload.bytes { Severity::Error } else { Severity::Hint };
            sink.report_as(severity, finding(context, place, &post, &upload));
        }
    }
}

/// Both limits in force; `None` unless one of them is set in sight, and the other one is or has its default.
fn sizes(php: Option<&Php>, pool: Option<&Pool>) -> Option<(Size, Size)> {
    let read = |(key, default)| Size::read(key, &effective(php, pool, key, default));
    let (post, upload) = (read(POST)?, read(UPLOAD)?);
    let known = php.is_some_and(|php| php.whole);
    let set = (post.span.is_some(), upload.span.is_some());
    (set == (true, true) || (known && set != (false, false))).then_some((post, upload))
}

fn finding(context: &Context<'_>, place: Span, post: &Size, upload: &Size) -> Diagnostic {
    let (whole, file) = (bytes_text(post.bytes), bytes_text(upload.bytes));
    let message = if post.bytes < upload.bytes {
        format!(
            "PHP takes files of {file} in requests of {whole}: with a file in between the whole form arrives empty, and the visitor gets 200"
        )
    } else {
        format!(
            "PHP takes files of {file} in requests of {whole}: with a file of that size the request is larger, the whole form arrives empty, and the visitor gets 200"
        )
    };
    let needed = with_room(upload.bytes);
    let words = bytes_text(needed);
    let label = if post.span.is_some() { post.words() } else { upload.words() };
    let mut found = Diagnostic::new(place, message, label);
    if let Some(other) = upload.span.filter(|&other| other != place) {
        found = found.label(other, upload.words());
    }
    let edit = edit(context, post, upload, &words);
    found
        .note(format!("PHP logs: POST Content-Length of … bytes exceeds the limit of {} bytes", post.bytes))
        .help(format!("write `post_max_size = {words}`, a little more than one file"))
        .fix(edit.map(|edit| Fix::risky(format!("take requests of {words}"), vec![edit])))
}

/// A tenth more than one file for the rest of the form, in whole megabytes.
fn with_room(upload: u64) -> u64 {
    const MEGABYTE: u64 = 1 << 20;
    upload.saturating_add(upload / 10).div_ceil(MEGABYTE).max(1).saturating_mul(MEGABYTE)
}

/// Raises `post_max_size`. Where it is not set, or only for all pools while the file is for one, it is set beside
/// `upload_max_filesize`.
fn edit(context: &Context<'_>, post: &Size, upload: &Size, words: &str) -> Option<Edit> {
    let line_of = |span: Span| {
        let tree = context.files.tree(context.sources.file_id(span));
        tree.all().find(|node| node.head() == span)
    };
    let in_pool = |node: NodeRef<'_>| node.name().starts_with("php_");
    let file = upload.span.and_then(line_of);
    let narrower = |file: &NodeRef<'_>| {
        let request = post.span.and_then(line_of);
        request.is_none_or(|request| in_pool(*file) && !in_pool(request))
    };
    if let Some(file) = file.filter(narrower) {
        let key = file.name().replace(UPLOAD.0, POST.0);
        return Some(edits::insert_line_after(file, &format!("{key} = {words}")));
    }
    let value = post.value_span?;
    Some(Edit::replace(value, quoted_like(context, value, words)))
}

fn quoted_like(context: &Context<'_>, span: Span, text: &str) -> String {
    match context.sources.text(span).chars().next() {
        Some(quote @ ('"' | '\'')) => format!("{quote}{text}{quote}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::with_room;

    #[test]
    fn a_form_is_larger_than_its_file() {
        assert_eq!(with_room(4 << 20), 5 << 20);
        assert_eq!(with_room(50 << 20), 55 << 20);
        assert_eq!(with_room(512), 1 << 20);
    }
}
