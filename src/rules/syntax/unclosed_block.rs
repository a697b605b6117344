//! `syntax/unclosed-block`: a block or section is never closed.

use super::{insertion, outcome};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{Dialect, SyntaxError, SyntaxKind};
use crate::vocabulary::apache_module;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "syntax/unclosed-block",
    severity: Severity::Error,
    summary: "a block or section is never closed",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/syntax/unclosed-block.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for file in &context.files.files {
        for error in file.tree.errors.iter().filter(|error| error.kind == SyntaxKind::UnclosedBlock) {
            if file.dialect == Dialect::Apache
                && is_conditional(&error.what)
                && !passes_over(context, file, error)
            {
                sink.report_as(Severity::Warning, conditional(file, error));
            } else {
                sink.report(say(file, error));
            }
        }
    }
}

/// Sections httpd decides about while it reads: it misses their end only where it passes over them.
fn is_conditional(name: &str) -> bool {
    ["IfModule", "IfDefine", "IfVersion", "IfFile"].iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// Whether an Apache certainly passes over the section: an `<IfModule>` of a module it does not have.
fn passes_over(context: &Context<'_>, file: &File, error: &SyntaxError) -> bool {
    let node = file.tree.all().find(|node| node.span().lo == error.span.lo && node.is("IfModule"));
    let Some(test) = node.and_then(|node| node.arg(0)) else { return false };
    let Some(module) = apache_module(test.strip_suffix(".c").unwrap_or(&test)) else { return false };
    context.stack.apache.iter().any(|apache| apache.whole && apache.modules.lack(module))
}

fn conditional(file: &File, error: &SyntaxError) -> Diagnostic {
    let name = &error.what;
    let message =
        format!("`{name}` is never closed: the day its condition does not hold, Apache does not start");
    Diagnostic::new(error.span, message, format!("no `</{name}>` belongs to this"))
        .note(format!("`apachectl configtest` then says: Expected </{name}> before end of configuration"))
        .help(format!("close it with `</{name}>`"))
        .fix(at_end(file, error))
}

/// The closing line at the end of the file, where nothing else is wrong with the file.
fn at_end(file: &File, error: &SyntaxError) -> Option<Fix> {
    let tree = &file.tree;
    if tree.errors.len() != 1 {
        return None;
    }
    let line = if tree.text.ends_with('\n') { "" } else { "\n" };
    let end = tree.base + tree.text.len() as u32;
    let edit = Edit::insert(end, format!("{line}</{}>\n", error.what));
    Some(Fix::safe(format!("close `{}` at the end of the file", error.what), vec![edit]))
}

fn say(file: &File, error: &SyntaxError) -> Diagnostic {
    let name = &error.what;
    let closing = if file.dialect == Dialect::Apache { format!("</{name}>") } else { "}".to_owned() };
    let message = format!("`{name}` is never closed: {}", outcome(file));
    let mut diagnostic = Diagnostic::new(error.span, message, format!("no `{closing}` belongs to this"))
        .help(format!("close it with `{closing}`"))
        .fix(insertion(error, "close it"));
    if let Some(opening) = error.related.filter(|related| !error.span.contains(*related)) {
        diagnostic = diagnostic.label(opening, "opened here");
    }
    diagnostic
}
