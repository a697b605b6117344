//! The ignore comments of a file: what each names, and what it is about.

use crate::select;
use crate::source::{SourceFile, Span};
use crate::tree::Tree;

/// What every ignore comment begins with.
pub(super) const MARK: &str = "gwlint:";

/// An ignore comment.
#[derive(Debug)]
pub(super) struct Comment<'a> {
    /// From its mark to the end of its line.
    pub(super) span: Span,
    /// The rules and families between its brackets.
    pub(super) names: Vec<Name<'a>>,
    about: About,
}

/// A rule or family that a comment names.
#[derive(Debug)]
pub(super) struct Name<'a> {
    pub(super) text: &'a str,
    /// Whether something was silenced by it.
    pub(super) used: bool,
}

/// What a comment silences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    File,
    Line(u32),
}

impl Comment<'_> {
    /// Whether it is about one of these lines.
    pub(super) fn is_about(&self, lines: &[u32]) -> bool {
        match self.about {
            About::File => true,
            About::Line(line) => lines.contains(&line),
        }
    }

    /// Whether it names the rule or its family.
    pub(super) fn names(&self, rule: &str) -> bool {
        self.names.iter().any(|name| name.means(rule))
    }

    /// Whether it names the rule or its family, by names that are used from now on.
    pub(super) fn silence(&mut self, rule: &str) -> bool {
        let meant = self.names.iter_mut().filter(|name| name.means(rule));
        meant.map(|name| name.used = true).count() > 0
    }
}

impl Name<'_> {
    /// Whether it is the rule or its family.
    fn means(&self, rule: &str) -> bool {
        select::covers(self.text, rule)
    }
}

/// The ignore comments of a file, in the order they stand in.
pub(super) fn read<'a>(file: &SourceFile, tree: &'a Tree) -> Vec<Comment<'a>> {
    let mut comments: Vec<Comment<'a>> = Vec::new();
    // Which of them stand in the row of comments right above the line `next`.
    let (mut row, mut next): (Vec<usize>, u32) = (Vec::new(), 0);
    for &span in &tree.comments {
        let line = file.place(span.lo).line;
        let (scope, names) = parse(tree.slice(span)).unwrap_or((Scope::Line, Vec::new()));
        let names: Vec<Name<'a>> = names.into_iter().map(|text| Name { text, used: false }).collect();
        let before = tree.slice(Span::new(file.line_span(span.lo).lo, span.lo));
        let alone = before.trim_start_matches('\u{feff}').trim().is_empty();
        if scope == Scope::File || !alone {
            let about = if scope == Scope::File { About::File } else { About::Line(line) };
            comments.push(Comment { span, names, about });
            continue;
        }
        if line != next {
            row.clear();
        }
        next = line + 1;
        for &above in &row {
            comments[above].about = About::Line(next);
        }
        row.push(comments.len());
        comments.push(Comment { span, names, about: About::Line(next) });
    }
    comments.retain(|comment| !comment.names.is_empty());
    comments
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Line,
    File,
}

/// What an ignore comment silences; `None` for any other comment.
fn parse(comment: &str) -> Option<(Scope, Vec<&str>)> {
    let text = comment.trim_start_matches(['#', ';']).trim_start();
    let text = text.strip_prefix(MARK)?.trim_start();
    let (word, rest) = text.split_once('[')?;
    let (names, _reason) = rest.split_once(']')?;
    let scope = match word.trim_end() {
        "ignore" => Scope::Line,
        "ignore-file" => Scope::File,
        _ => return None,
    };
    Some((scope, names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect()))
}
