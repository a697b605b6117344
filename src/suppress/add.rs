//! `--add-ignores`: the comment above each finding that silences it, offered as its fix.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::discover::Told;
use crate::load::{File, Workspace};
use crate::rules::suppress::unused_ignore;
use crate::source::{SourceFile, SourceMap, Span};
use crate::tree::{Dialect, Tree};

use super::statement;

/// Gives each of the findings that are `shown` a comment above it for a fix, and all others none.
///
/// What is found in one place is silenced by one comment.
pub(crate) fn offer(
    sources: &SourceMap,
    files: &Workspace,
    findings: &mut [Diagnostic],
    shown: &dyn Fn(&Diagnostic) -> bool,
    reason: &str,
) {
    let place_of = |finding: &Diagnostic| {
        let id = sources.file_id(finding.span());
        let wanted = shown(finding) && finding.rule != unused_ignore::RULE.name;
        wanted.then(|| place(sources.file(id), files, files.file(id), finding.span().lo)).flatten()
    };
    let mut rules: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
    for finding in &*findings {
        if let Some(place) = place_of(finding) {
            rules.entry(place).or_default().insert(finding.rule);
        }
    }
    for finding in findings {
        finding.fix = place_of(finding).and_then(|place| {
            let names: Vec<&str> = rules.get(&place)?.iter().copied().collect();
            let id = sources.file_id(Span::at(place));
            Some(comment(sources.file(id), files.tree(id), place, &names.join(", "), reason))
        });
    }
}

/// The comment, in a line of its own at `place`, indented like the line that is there.
fn comment(file: &SourceFile, tree: &Tree, place: u32, names: &str, reason: &str) -> Fix {
    let line = tree.slice(Span::new(place, file.line_span(place).hi));
    let indent = &line[..line.len() - line.trim_start().len()];
    let mark = tree.dialect.comment_mark();
    let text = format!("{mark} gwlint: ignore[{names}] {reason}");
    let title = format!("`{text}`");
    Fix::safe(title, vec![Edit::insert(place, format!("{indent}{text}{}", file.line_break()))])
}

/// Where the line begins that a comment above is about; `None` where a comment cannot stand.
fn place(source: &SourceFile, files: &Workspace, file: &File, at: u32) -> Option<u32> {
    let line = source.line_span(statement(&file.tree, at)).lo;
    let lo = if line == source.base { line + source.byte_order_mark() } else { line };
    let above = file.tree.slice(Span::new(source.base, line));
    let free = match file.dialect {
        Dialect::Nginx | Dialect::Php | Dialect::Fpm => !is_inside(&file.tree, line),
        Dialect::Apache => !is_inside(&file.tree, line) && !is_continued(above),
        Dialect::Service => {
            let told = files.services.iter().find(|(id, _)| *id == file.id).map(|(_, told)| *told);
            told.is_some_and(|told| takes_comments(told, above, source.line_span(line), &file.tree))
        }
    };
    free.then_some(lo)
}

/// Whether a line begins within a value, code or a comment.
fn is_inside(tree: &Tree, line: u32) -> bool {
    let within = |span: Span| span.lo < line && line <= span.hi;
    tree.comments.iter().chain(&tree.skipped).any(|&span| within(span))
        || tree
            .nodes
            .iter()
            .any(|node| within(node.head) || node.body.and_then(|body| body.raw).is_some_and(within))
}

/// Whether the last line goes on in the next.
fn is_continued(above: &str) -> bool {
    above.trim_end_matches(['\r', '\n']).ends_with('\\')
}

/// Whether a line behind `above` in a file of another program can be a comment.
fn takes_comments(told: Told, above: &str, line: Span, tree: &Tree) -> bool {
    match told {
        // JavaScript and JSON have no such comments, nor have the readers of Procfiles agreed on any.
        Told::Pm2 | Told::Procfile => false,
        Told::Compose => !in_block_scalar(above, tree.slice(line)),
        Told::Gunicorn => {
            let quotes = above.matches("\"\"\"").count() + above.matches("'''").count();
            quotes.is_multiple_of(2) && !is_continued(above)
        }
        Told::Unit | Told::Uwsgi | Told::Dockerfile => !is_continued(above),
    }
}

/// Whether a line of YAML is text of a `key: |` above it.
fn in_block_scalar(above: &str, line: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut depth = indent(line);
    above.lines().rev().filter(|line| !line.trim().is_empty()).any(|line| {
        let outer = indent(line) < depth;
        depth = depth.min(indent(line));
        outer && line.rsplit([' ', '\t']).next().is_some_and(|last| last.starts_with(['|', '>']))
    })
}
