//! Ignore comments; which findings stay, and in what order.
//!
//! `# gwlint: ignore[rule-or-family, …] reason` (with `;` in ini files) silences what is reported on
//! its line or, when it stands alone, on the line below it; comments in a row add up.
//! `# gwlint: ignore-file[…] reason` silences a whole file. What counts is the place a finding is
//! reported at, its first label. A comment that names no rule silences nothing.

mod add;
mod comment;
mod unused;

use crate::diagnostic::Diagnostic;
use crate::load::Workspace;
use crate::rule::Rule;
use crate::source::{SourceFile, SourceMap, Span};
use crate::tree::Tree;

pub(crate) use add::offer;

use comment::Comment;

/// Drops what an ignore comment silences or nobody asked about, and reports the comments that silence nothing when the
/// rule about them is among those that `ran`; sorts the rest, each once.
pub(crate) fn settle(
    sources: &SourceMap,
    files: &Workspace,
    ran: &[&'static Rule],
    findings: &mut Vec<Diagnostic>,
) {
    let asked = |span: Span| files.is_asked(sources, span);
    findings.retain(|finding| finding.labels.iter().any(|label| asked(label.span)));
    let mut comments: Vec<Vec<Comment<'_>>> =
        files.files.iter().map(|file| comments_of(sources.file(file.id), &file.tree)).collect();
    let silenced = |comments: &mut [Vec<Comment<'_>>], finding: &Diagnostic| {
        let id = sources.file_id(finding.span());
        let comments = comments.get_mut(id.0 as usize);
        comments.is_some_and(|comments| silence(comments, finding, sources.file(id), files.tree(id)))
    };
    findings.retain(|finding| !silenced(&mut comments, finding));
    let mut unused = unused::find(sources, files, ran, &comments);
    unused.retain(|finding| !silenced(&mut comments, finding));
    findings.append(&mut unused);
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

/// The ignore comments of a file. Most have none, and need not be looked through.
fn comments_of<'a>(file: &SourceFile, tree: &'a Tree) -> Vec<Comment<'a>> {
    if file.text.contains(comment::MARK) { comment::read(file, tree) } else { Vec::new() }
}

/// Whether a comment silences the finding; every name that does is marked as used.
fn silence(comments: &mut [Comment<'_>], finding: &Diagnostic, file: &SourceFile, tree: &Tree) -> bool {
    if comments.is_empty() {
        return false;
    }
    let at = finding.span().lo;
    let lines = [at, statement(tree, at)].map(|at| file.place(at).line);
    let about = comments.iter_mut().filter(|comment| comment.is_about(&lines));
    about.filter_map(|comment| comment.silence(finding.rule).then_some(())).count() > 0
}

/// Where the statement that holds `at` begins: a comment above a directive of several lines is
/// about all of them.
fn statement(tree: &Tree, at: u32) -> u32 {
    let behind = tree.nodes.partition_point(|node| node.span.lo <= at);
    let last = behind.checked_sub(1).and_then(|index| tree.nodes.get(index));
    last.filter(|node| at <= node.head.hi).map_or(at, |node| node.span.lo)
}

#[cfg(test)]
mod tests;
