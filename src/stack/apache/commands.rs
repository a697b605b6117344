//! Every line of an Apache in force, directives and sections alike, as httpd's commands see them.

use std::borrow::Cow;
use std::ops::Range;

use super::{Apache, Entry};
use crate::load::Workspace;
use crate::load::apache::Arg;
use crate::source::Span;
use crate::stack::nginx::ScopeId;
use crate::tree::{At, NodeRef, apache};

/// A directive, or the first line of a section.
#[derive(Debug, Clone, Copy)]
pub struct Command<'a> {
    /// The Apache it belongs to.
    pub apache: &'a Apache,
    /// The section it stands in.
    pub scope: ScopeId,
    /// Where it is written.
    pub node: NodeRef<'a>,
    /// Its arguments, variables resolved.
    pub args: &'a [Arg],
}

/// The text behind a directive's name, for directives that split it themselves.
#[derive(Debug)]
pub struct Line<'a> {
    /// The text, continuations taken out.
    pub text: Cow<'a, str>,
    span: Span,
}

impl Line<'_> {
    /// Where a part of the text is written; all of the line when continuations stand in it.
    pub fn part(&self, range: &Range<usize>) -> Span {
        self.exact(range).unwrap_or(self.span)
    }

    /// Where a part of the text is written, if its lines are not continued.
    pub fn exact(&self, range: &Range<usize>) -> Option<Span> {
        let plain = self.text.len() == self.span.len() as usize;
        plain.then(|| Span::new(self.span.lo + range.start as u32, self.span.lo + range.end as u32))
    }
}

impl<'a> Command<'a> {
    /// Its name as it is written.
    pub fn name(&self) -> &'a str {
        self.node.name()
    }

    /// Where it is written.
    pub fn at(&self) -> At {
        self.node.at()
    }

    /// From its first byte to the end of its last argument.
    pub fn head(&self) -> Span {
        self.node.head()
    }

    /// The value of argument `index`.
    pub fn value(&self, index: usize) -> Option<&'a str> {
        self.args.get(index).map(|arg| arg.value.as_str())
    }

    /// The text behind its name; `None` where a variable or a macro put something into it.
    pub fn line(&self) -> Option<Line<'a>> {
        let same = |(index, arg): (usize, &Arg)| self.node.arg(index).is_some_and(|text| text == arg.value);
        if !self.args.iter().enumerate().all(same) {
            return None;
        }
        let span = Span::new(self.node.name_span().hi, self.node.head().hi);
        Some(Line { text: apache::joined(self.node.tree.slice(span)), span })
    }
}

impl Apache {
    /// All directives and sections in force, each with what is around it.
    pub fn commands<'a>(&'a self, files: &'a Workspace) -> impl Iterator<Item = Command<'a>> {
        self.section_ids().flat_map(move |id| {
            let section = self.section(id);
            let head = section.at.zip(section.parent).map(|(at, scope)| Command {
                apache: self,
                scope,
                node: files.node(at),
                args: &section.args,
            });
            let command = move |entry: &'a Entry| Command {
                apache: self,
                scope: id,
                node: files.node(entry.at),
                args: &entry.args,
            };
            head.into_iter().chain(section.entries.iter().map(command))
        })
    }
}
