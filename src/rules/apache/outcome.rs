//! What comes of a directive Apache refuses, and what it logs.

use crate::rule::Context;
use crate::source::Span;
use crate::stack::apache::{Apache, Place};

/// What comes of it, as the end of a message.
pub(super) fn outcome(context: &Context<'_>, apache: &Apache) -> String {
    match htaccess_dir(context, apache) {
        Some(dir) => format!("every request below {dir} answers 500"),
        None => "Apache does not start".to_owned(),
    }
}

/// The line Apache logs, as a note.
pub(super) fn logs(context: &Context<'_>, apache: &Apache, span: Span, complaint: &str) -> String {
    let file = context.files.file(context.sources.file_id(span));
    let path = context.files.on_machine(&file.path);
    if apache.is_htaccess() {
        return format!("Apache logs: [core:alert] {}: {complaint}", path.display());
    }
    let line = context.sources.file(file.id).place(span.lo).line;
    format!("Apache logs: AH00526: Syntax error on line {line} of {}: {complaint}", path.display())
}

/// The include that brought in the file a place stands in, below the section around it.
pub(super) fn brought_in(context: &Context<'_>, apache: &Apache, place: &Place<'_>) -> Option<Span> {
    let file = place.node.tree.file;
    let around = apache.section(place.scope).at?;
    if around.file == file {
        return None;
    }
    let mut found = context.files.includes.values().filter(|inclusion| inclusion.files.contains(&file));
    let one = found.next()?;
    found.next().is_none().then(|| context.files.node(one.at).head())
}

/// The directory of an .htaccess, as its server knows it.
fn htaccess_dir(context: &Context<'_>, apache: &Apache) -> Option<String> {
    let path = &context.files.file(apache.file).path;
    let dir = apache.is_htaccess().then(|| path.parent()).flatten()?;
    Some(context.files.on_machine(dir).display().to_string())
}
