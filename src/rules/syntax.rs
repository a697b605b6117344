//! What a server cannot read at all. The parsers find these; here they get their words.

pub(super) mod bad_line;
pub(super) mod bad_value;
pub(super) mod byte_order_mark;
pub(super) mod empty_statement;
pub(super) mod mismatched_close;
pub(super) mod missing_brace;
pub(super) mod missing_semicolon;
pub(super) mod nul_byte;
pub(super) mod stray_close;
pub(super) mod text_after_quote;
pub(super) mod too_deep;
pub(super) mod unclosed_block;
pub(super) mod unclosed_quote;
pub(super) mod unclosed_section_line;
pub(super) mod unclosed_variable;
pub(super) mod unquoted_brace;
pub(super) mod utf_16;

use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::load::File;
use crate::rule::{Context, Sink};
use crate::tree::{Dialect, SyntaxError, SyntaxKind};

/// Reports the errors of one kind in the words of `say`.
fn report(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    kind: SyntaxKind,
    say: fn(&File, &SyntaxError) -> Diagnostic,
) {
    for (file, error) in errors(context, kind) {
        sink.report(say(file, error));
    }
}

/// The errors of one kind in all files.
fn errors<'a>(
    context: &'a Context<'_>,
    kind: SyntaxKind,
) -> impl Iterator<Item = (&'a File, &'a SyntaxError)> {
    let all =
        context.files.files.iter().flat_map(|file| file.tree.errors.iter().map(move |error| (file, error)));
    all.filter(move |(file, error)| error.kind == kind && !is_hash_comment(context, file, error))
}

/// Whether the line of the error was meant to be a comment, which fpm/hash-comment says.
fn is_hash_comment(context: &Context<'_>, file: &File, error: &SyntaxError) -> bool {
    let line = context.sources.file(file.id).line_span(error.span.lo);
    file.dialect == Dialect::Fpm && file.tree.slice(line).trim_start().starts_with('#')
}

/// What becomes of the server that reads the file.
fn outcome(file: &File) -> &'static str {
    let per_directory = file.path.file_name().is_some_and(|name| name == ".htaccess");
    match file.dialect {
        Dialect::Nginx => "nginx does not start",
        Dialect::Apache if per_directory => "every request in this directory answers 500",
        Dialect::Apache => "Apache does not start",
        Dialect::Fpm => "PHP-FPM does not start",
        Dialect::Php | Dialect::Service => "PHP ignores this line and everything below it",
    }
}

/// The insertion the parser is sure of, as a fix.
fn insertion(error: &SyntaxError, title: &str) -> Option<Fix> {
    let (at, text) = error.insert.as_ref()?;
    Some(Fix::safe(title, vec![Edit::insert(*at, text.clone())]))
}
