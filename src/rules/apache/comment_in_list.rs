//! `apache/comment-in-list`: a comment behind a list is taken for more of the list.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/comment-in-list",
    severity: Severity::Warning,
    summary: "a comment behind a list of names is taken for more names",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/comment-in-list.md"),
    check,
};

/// Lists whose words are taken as they come: in lower case, and which word can be the first of a comment.
const LISTS: &[(&str, usize)] = &[
    ("serveralias", 1),
    ("directoryindex", 1),
    ("addtype", 2),
    ("addhandler", 2),
    ("addencoding", 2),
    ("addlanguage", 2),
    ("addcharset", 2),
    ("addoutputfilter", 2),
    ("addinputfilter", 2),
    ("addoutputfilterbytype", 2),
    ("setenvif", 3),
    ("setenvifnocase", 3),
    ("browsermatch", 2),
    ("browsermatchnocase", 2),
    ("passenv", 1),
    ("unsetenv", 1),
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for apache in &context.stack.apache {
        for entry in apache.section_ids().flat_map(|id| &apache.section(id).entries) {
            let Some((_, from)) = LISTS.iter().find(|(name, _)| *name == entry.name) else { continue };
            let node = context.files.node(entry.at);
            // `#` alone: a name may begin with it.
            let found =
                (*from..entry.args.len()).find(|&index| node.arg(index).is_some_and(|arg| arg == "#"));
            if let Some(index) = found.filter(|_| seen.insert(entry.at)) {
                sink.report_some(finding(context, node, index));
            }
        }
    }
}

fn finding(context: &Context<'_>, node: NodeRef<'_>, index: usize) -> Option<Diagnostic> {
    let mark = node.arg_span(index)?;
    let before = node.arg_span(index - 1)?;
    let comment = Span::new(mark.lo, node.head().hi);
    let text = context.sources.text(comment);
    let message = format!("`{}` takes no comment behind it: `{text}` is more of its list", node.name());
    let edits =
        vec![Edit::replace(Span::new(before.hi, comment.hi), ""), edits::insert_line_before(node, text)];
    // What is continued on the next line is not moved.
    let fix = (!text.contains('\n')).then(|| Fix::safe("move the comment above the line", edits));
    Some(
        Diagnostic::new(comment, message, "taken word for word")
            .note("`apachectl configtest` says Syntax OK, and nothing is logged")
            .help("move the comment to a line of its own")
            .fix(fix),
    )
}
