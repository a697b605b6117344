//! Ignore comments; which findings stay, and in what order.
//!
//! `# gwlint: ignore[rule-or-family, …] reason` (with `;` in ini files) silences what is reported on
//! its line or, when it stands alone, on the line below it; comments in a row add up.
//! `# gwlint: ignore-file[…] reason` silences a whole file. What counts is the place a finding is
//! reported at, its first label. A comment that names no rule silences nothing.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::load::Workspace;
use crate::source::{FileId, SourceFile, SourceMap, Span};
use crate::tree::Tree;

/// Drops what an ignore comment silences or nobody asked about; sorts the rest, each once.
pub(crate) fn settle(sources: &SourceMap, files: &Workspace, findings: &mut Vec<Diagnostic>) {
    let asked = |span: Span| files.file(sources.file_id(span)).asked;
    findings.retain(|finding| finding.labels.iter().any(|label| asked(label.span)));
    let mut ignores: HashMap<FileId, Ignores<'_>> = HashMap::new();
    findings.retain(|finding| {
        let id = sources.file_id(finding.span());
        let (file, tree) = (sources.file(id), files.tree(id));
        let ignores = ignores.entry(id).or_insert_with(|| Ignores::read(file, tree));
        !ignores.silence(finding, file, tree)
    });
    sort(sources, findings);
}

/// Sorts by path, place and rule; what is said twice is said once.
fn sort(sources: &SourceMap, findings: &mut Vec<Diagnostic>) {
    findings.sort_by(|a, b| {
        let path = |finding: &Diagnostic| &sources.file_of(finding.span()).path;
        let key = |finding: &'_ Diagnostic| (finding.span(), finding.rule);
        path(a).cmp(path(b)).then_with(|| key(a).cmp(&key(b))).then_with(|| a.message.cmp(&b.message))
    });
    findings.dedup_by(|a, b| (a.rule, a.span(), &a.message) == (b.rule, b.span(), &b.message));
}

/// The ignore comments of a file.
#[derive(Debug, Default)]
struct Ignores<'a> {
    /// Rules and families silenced in the whole file.
    file: Vec<&'a str>,
    /// Rules and families silenced on single lines.
    lines: Vec<(u32, &'a str)>,
}

impl<'a> Ignores<'a> {
    fn read(file: &SourceFile, tree: &'a Tree) -> Self {
        let mut ignores = Self::default();
        // What comments above the line `next` silence.
        let (mut above, mut next) = (Vec::new(), 0);
        for &comment in &tree.comments {
            let line = file.place(comment.lo).line;
            let (scope, names) = parse(tree.slice(comment)).unwrap_or((Scope::Line, Vec::new()));
            if scope == Scope::File {
                ignores.file.extend(&names);
                continue;
            }
            let before = tree.slice(Span::new(file.line_span(comment.lo).lo, comment.lo));
            if !before.trim_start_matches('\u{feff}').trim().is_empty() {
                ignores.lines.extend(names.into_iter().map(|name| (line, name)));
                continue;
            }
            if line != next {
                ignores.lines.extend(above.drain(..).map(|name| (next, name)));
            }
            above.extend(names);
            next = line + 1;
        }
        ignores.lines.extend(above.into_iter().map(|name| (next, name)));
        ignores
    }

    fn silence(&self, finding: &Diagnostic, file: &SourceFile, tree: &Tree) -> bool {
        if self.file.is_empty() && self.lines.is_empty() {
            return false;
        }
        let family = finding.rule.split('/').next().unwrap_or_default();
        let meant = |&name: &&str| name == finding.rule || name == family;
        let at = finding.span().lo;
        let lines = [at, statement(tree, at)].map(|at| file.place(at).line);
        self.file.iter().any(meant)
            || self.lines.iter().any(|(line, name)| lines.contains(line) && meant(name))
    }
}

/// Where the statement that holds `at` begins: a comment above a directive of several lines is
/// about all of them.
fn statement(tree: &Tree, at: u32) -> u32 {
    let behind = tree.nodes.partition_point(|node| node.span.lo <= at);
    let last = behind.checked_sub(1).and_then(|index| tree.nodes.get(index));
    last.filter(|node| at <= node.head.hi).map_or(at, |node| node.span.lo)
}

#[derive(Debug, PartialEq, Eq)]
enum Scope {
    Line,
    File,
}

/// What an ignore comment silences; `None` for any other comment.
fn parse(comment: &str) -> Option<(Scope, Vec<&str>)> {
    let text = comment.trim_start_matches(['#', ';']).trim_start();
    let text = text.strip_prefix("gwlint:")?.trim_start();
    let (word, rest) = text.split_once('[')?;
    let (names, _reason) = rest.split_once(']')?;
    let scope = match word.trim_end() {
        "ignore" => Scope::Line,
        "ignore-file" => Scope::File,
        _ => return None,
    };
    Some((scope, names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect()))
}

#[cfg(test)]
mod tests;
