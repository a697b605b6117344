//! `syntax/unclosed-block`: a block or section is never closed.

use super::{insertion, outcome};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::{File, Server};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{Dialect, NodeRef, SyntaxError, SyntaxKind};

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

/// Whether an Apache certainly passes over the section: an `<IfModule>` of a module it does not have, an
/// `<IfVersion>` of another version. What `-D` defines for an `<IfDefine>` stands in no file.
fn passes_over(context: &Context<'_>, file: &File, error: &SyntaxError) -> bool {
    let mut nodes = file.tree.all().filter(|node| node.span().lo == error.span.lo);
    let Some(node) = nodes.find(|node| node.body().is_some()) else { return false };
    let servers =
        || context.files.servers.iter().filter_map(|server| Some((server, server.apache.as_ref()?)));
    let mut passing = servers().filter(|(_, read)| read.passed_over.contains(&node.at()));
    if node.is("IfVersion") {
        return is_of_any_release(node) && passing.next().is_some();
    }
    let knows_modules = |server: &Server| {
        let mut known = context.stack.apache.iter().filter(|apache| apache.modules.complete);
        known.any(|apache| apache.whole && apache.file == server.files[0])
    };
    node.is("IfModule") && passing.any(|(server, _)| knows_modules(server))
}

/// Whether every release of 2.4 answers the condition alike: `< 2.4`, `>= 2.6`.
fn is_of_any_release(node: NodeRef<'_>) -> bool {
    let version = node.arg(1).filter(|version| version.matches('.').count() < 2);
    version.is_some() && node.arg(0).is_some_and(|operator| operator.contains(['<', '>']))
}

fn conditional(file: &File, error: &SyntaxError) -> Diagnostic {
    let name = &error.what;
    let message =
        format!("`{name}` is never closed: the day its condition does not hold, Apache does not start");
    Diagnostic::new(error.span, message, format!("no `</{name}>` belongs to this"))
        .note(format!("`apachectl configtest` then says: Expected </{name}> before end of configuration"))
        .help(format!("close it with `</{name}>`"))
        .fix(insertion(error, "close it").or_else(|| at_end(file, error)))
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
