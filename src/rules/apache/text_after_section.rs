//! `apache/text-after-section`: what stands on the line of a section behind its `>` is dropped.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::File;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::apache::Apache;
use crate::tree::{At, Dialect, NodeRef, Tree};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/text-after-section",
    severity: Severity::Warning,
    summary: "what stands behind the `>` of a section is dropped, or ends the server",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/text-after-section.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let files = context.files.files.iter();
    for file in files.filter(|file| file.dialect == Dialect::Apache && !file.tree.skipped.is_empty()) {
        for node in file.tree.all() {
            let Some(body) = node.body() else { continue };
            if let Some(text) = behind(&file.tree, body.open.hi) {
                sink.report_some(dropped(&file.tree, node, text, true));
            }
            let whole = body.close.filter(|tag| file.tree.slice(*tag).ends_with('>'));
            let Some(text) = whole.and_then(|tag| behind(&file.tree, tag.hi)) else { continue };
            if is_conditional(node) {
                let (severity, found) = alone(context, file, node, text);
                sink.report_as(severity, found);
            } else {
                sink.report_some(dropped(&file.tree, node, text, false));
            }
        }
    }
}

/// The text that is dropped behind `at` on the same line.
fn behind(tree: &Tree, at: u32) -> Option<Span> {
    let next = tree.skipped.partition_point(|span| span.lo < at);
    let text = *tree.skipped.get(next)?;
    let between = tree.slice(Span::new(at, text.lo));
    between.chars().all(|c| c == ' ' || c == '\t').then_some(text)
}

/// Sections httpd decides about while it reads: it looks for their end in whole lines.
fn is_conditional(node: NodeRef<'_>) -> bool {
    ["IfModule", "IfDefine", "IfVersion", "IfFile", "IfDirective", "IfSection"]
        .iter()
        .any(|name| node.is(name))
}

/// A comment there does no harm, and a tag is another fault.
fn dropped(tree: &Tree, node: NodeRef<'_>, text: Span, opening: bool) -> Option<Diagnostic> {
    let written = tree.slice(text);
    if written.starts_with(['#', '<', '>']) {
        return None;
    }
    let name = node.name();
    let tag = if opening { format!("<{name} …>") } else { format!("</{name}>") };
    let message = format!("Apache drops what stands behind `{tag}`: `{written}` has no effect");
    Some(
        Diagnostic::new(text, message, "dropped")
            .note("`apachectl configtest` says Syntax OK")
            .help(format!("write `{written}` on a line of its own"))
            .fix(Fix::risky(
                format!("write {written} on its own line"),
                vec![on_its_own(node, text, opening)],
            )),
    )
}

/// The closing tag of a condition has to stand alone.
fn alone(context: &Context<'_>, file: &File, node: NodeRef<'_>, text: Span) -> (Severity, Diagnostic) {
    let name = node.name();
    let written = file.tree.slice(text);
    let holds = holds(context, node);
    let message = if holds {
        format!("Apache does not know `</{name}>` with `{written}` behind it: it does not start")
    } else {
        format!(
            "Apache does not know `</{name}>` with `{written}` behind it: the day its condition holds, it does not start"
        )
    };
    let found = Diagnostic::new(text, message, "not alone on its line")
        .note(format!("Apache logs: </{name}> without matching <{name}> section"))
        .help(format!("write `{written}` on a line of its own"))
        .fix(written.starts_with('#').then(|| {
            Fix::safe("move the comment to a line of its own", vec![on_its_own(node, text, false)])
        }));
    (if holds { Severity::Error } else { Severity::Warning }, found)
}

/// Whether the condition of a section holds: something in it is in force.
fn holds(context: &Context<'_>, node: NodeRef<'_>) -> bool {
    let inside: HashSet<At> = node.children().map(NodeRef::at).collect();
    // Without a `LoadModule` in sight, which modules there are is not known.
    let unknown = |apache: &Apache| node.is("IfModule") && apache.modules.loaded.is_empty();
    let apaches = context.stack.apache.iter().filter(|apache| apache.whole && !unknown(apache));
    apaches
        .into_iter()
        .any(|apache| apache.commands(context.files).any(|command| inside.contains(&command.at())))
}

fn on_its_own(node: NodeRef<'_>, text: Span, inside: bool) -> Edit {
    let tree = node.tree;
    let line = (text.lo - tree.base) as usize;
    let gap = tree.text[..line].len() - tree.text[..line].trim_end_matches([' ', '\t']).len();
    let from = text.lo - gap as u32;
    let indent = match node.children().next() {
        Some(child) if inside => child.indent().to_owned(),
        None if inside => format!("{}    ", node.indent()),
        _ => node.indent().to_owned(),
    };
    Edit::replace(Span::new(from, text.lo), format!("\n{indent}"))
}
