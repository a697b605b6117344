//! Edits as rules think of them: set a value, add a line, take one away.
//!
//! A new line gets the indent of its neighbours and the line break of the file; a statement that
//! shares its line with others (`server { listen 80; }`) stays on it. Comments are never touched, and
//! a comment above a node stays above it. Texts are written as they are given: the `;` of an nginx
//! directive, and quotes, are the caller's.

use crate::diagnostic::Edit;
use crate::source::Span;
use crate::tree::{Dialect, NodeRef, Quote};

/// Replaces one argument; `None` when there is no such argument.
pub fn replace_arg(node: NodeRef<'_>, index: usize, text: &str) -> Option<Edit> {
    Some(Edit::replace(node.arg_span(index)?, text))
}

/// Replaces all arguments by `text`; gives it to a directive or key that has none.
pub fn set_value(node: NodeRef<'_>, text: &str) -> Edit {
    if let [first, .., last] | [first @ last] = node.words() {
        let value = first.span.to(last.span);
        // `key =` has a value of no length, which says nothing about the blank before it.
        if !value.is_empty() {
            return Edit::replace(value, text);
        }
    }
    let site = Site::of(node);
    let name = (node.name_span().hi - node.tree.base) as usize;
    match node.tree.dialect {
        Dialect::Nginx | Dialect::Apache | Dialect::Service => site.insert(name, format!(" {text}")),
        Dialect::Php | Dialect::Fpm => site.give_value(name, text),
    }
}

/// Replaces the one value of an ini key within the quotes it has.
pub fn restate(node: NodeRef<'_>, text: &str) -> Edit {
    match node.words().first().map(|word| word.quote) {
        Some(Quote::Double) => set_value(node, &format!("\"{text}\"")),
        Some(Quote::Single) => set_value(node, &format!("'{text}'")),
        Some(Quote::None) | None => set_value(node, text),
    }
}

/// `key = value` with the blanks around `=` that the ini key `like` has.
pub fn key_like(like: NodeRef<'_>, key: &str, value: &str) -> String {
    let between = like.words().first().map(|word| Span::new(like.name_span().hi, word.span.lo));
    let sign = between.map(|span| like.tree.slice(span)).filter(|sign| sign.contains('='));
    format!("{key}{}{value}", sign.unwrap_or(" = "))
}

/// Adds lines below a node.
pub fn insert_lines_after(node: NodeRef<'_>, lines: &[String]) -> Edit {
    let next = format!("{}{}", Site::of(node).line_break(), node.indent());
    insert_line_after(node, &lines.join(&next))
}

/// Adds a line above a node and the comments that belong to it.
pub fn insert_line_before(node: NodeRef<'_>, text: &str) -> Edit {
    let site = Site::of(node);
    if !site.first_on_line() {
        return site.insert(site.lo, format!("{text} "));
    }
    let at = site.above_comments();
    site.insert(at, format!("{}{text}{}", node.indent(), site.line_break()))
}

/// Adds a line below a node.
pub fn insert_line_after(node: NodeRef<'_>, text: &str) -> Edit {
    let site = Site::of(node);
    if site.first_on_line() && site.ends_line(site.hi) {
        let line = format!("{}{}{text}", site.line_break(), node.indent());
        return site.insert(site.line_end(site.hi), line);
    }
    site.insert(site.hi, format!(" {text}"))
}

/// Adds a line at the beginning of a block or section; `None` for a node that is none, or is raw code.
pub fn insert_first_in_block(node: NodeRef<'_>, text: &str) -> Option<Edit> {
    let body = node.body().filter(|body| body.raw.is_none())?;
    let site = Site::of(node);
    let open = (body.open.hi - node.tree.base) as usize;
    if site.ends_line(open) {
        let line = format!("{}{}{text}", site.line_break(), child_indent(node));
        return Some(site.insert(site.line_end(open), line));
    }
    let gap = if site.text[open..].starts_with([' ', '\t']) { "" } else { " " };
    Some(site.insert(open, format!(" {text}{gap}")))
}

/// Adds a line at the end of a block or section; `None` for a node that is none, or is raw code.
pub fn append_in_block(node: NodeRef<'_>, text: &str) -> Option<Edit> {
    match node.children().last() {
        Some(child) => Some(insert_line_after(child, text)),
        None => insert_first_in_block(node, text),
    }
}

/// Takes a node away: its lines when nothing else is on them, else the statement and one blank.
pub fn remove_node(node: NodeRef<'_>) -> Edit {
    let site = Site::of(node);
    let (first, last) = (site.first_on_line(), site.blank_after(site.hi));
    let range = if first && last {
        site.whole_lines()
    } else {
        let is_blank = |text: Option<char>| matches!(text, Some(' ' | '\t'));
        if is_blank(site.text[site.hi..].chars().next()) {
            (site.lo, site.hi + 1)
        } else if !first && is_blank(site.text[..site.lo].chars().next_back()) {
            (site.lo - 1, site.hi)
        } else {
            (site.lo, site.hi)
        }
    };
    Edit::replace(site.span(range), "")
}

/// The indent of what stands in a block: that of its first child, or one step more than its own.
fn child_indent(node: NodeRef<'_>) -> String {
    if let Some(child) = node.children().find(|&child| Site::of(child).first_on_line()) {
        return child.indent().to_owned();
    }
    let own = node.indent();
    match node.tree.dialect {
        Dialect::Php | Dialect::Fpm => own.to_owned(),
        _ if own.contains('\t') => format!("{own}\t"),
        _ => format!("{own}{}", step(node)),
    }
}

/// How far one block is indented in this file: what the first indented line begins with.
fn step(node: NodeRef<'_>) -> &str {
    let mut nested = node.tree.all().filter(|node| node.parent().is_some_and(|up| up.parent().is_none()));
    let indented = |child: &NodeRef<'_>| Site::of(*child).first_on_line() && !child.indent().is_empty();
    nested.find(indented).map_or("    ", NodeRef::indent)
}

/// Where a node stands in its text. Offsets are those of the file.
struct Site<'a> {
    node: NodeRef<'a>,
    text: &'a str,
    lo: usize,
    /// Behind the last byte that is no line break or blank.
    hi: usize,
}

impl<'a> Site<'a> {
    fn of(node: NodeRef<'a>) -> Self {
        let text: &str = &node.tree.text;
        let lo = (node.span().lo - node.tree.base) as usize;
        let hi = (node.span().hi - node.tree.base) as usize;
        let hi = lo + text[lo..hi].trim_end().len();
        Self { node, text, lo, hi }
    }

    fn span(&self, (lo, hi): (usize, usize)) -> Span {
        let base = self.node.tree.base;
        Span::new(base + lo as u32, base + hi as u32)
    }

    fn insert(&self, at: usize, text: String) -> Edit {
        Edit::replace(self.span((at, at)), text)
    }

    /// Gives a value to an ini key that has none, with or without its `=`.
    fn give_value(&self, name: usize, text: &str) -> Edit {
        let blanks =
            |at: usize| self.text[at..].len() - self.text[at..].trim_start_matches([' ', '\t']).len();
        let sign = name + blanks(name);
        if !self.text[sign..].starts_with('=') {
            return self.insert(name, format!(" = {text}"));
        }
        let after = sign + 1;
        let gap = if sign > name && blanks(after) == 0 { " " } else { "" };
        self.insert(after + blanks(after), format!("{gap}{text}"))
    }

    /// In all languages but nginx a line holds one statement at most.
    fn line_based(&self) -> bool {
        self.node.tree.dialect != Dialect::Nginx
    }

    /// The line break this file uses: CRLF when its first line ends so.
    fn line_break(&self) -> &'static str {
        match self.text.split_once('\n') {
            Some((line, _)) if line.ends_with('\r') => "\r\n",
            _ => "\n",
        }
    }

    /// Where the line that holds the offset begins, behind a byte order mark.
    fn line_start(&self, at: usize) -> usize {
        match self.text[..at].rfind('\n') {
            Some(found) => found + 1,
            // Decoded as UTF-8, or byte by byte.
            None => ["\u{feff}", "ï»¿"]
                .iter()
                .find(|mark| self.text.starts_with(**mark))
                .map_or(0, |mark| mark.len()),
        }
    }

    /// Where the line that holds the offset ends, its line break not included.
    fn line_end(&self, at: usize) -> usize {
        let end = self.text[at..].find('\n').map_or(self.text.len(), |found| at + found);
        if self.text[at..end].ends_with('\r') { end - 1 } else { end }
    }

    fn first_on_line(&self) -> bool {
        self.line_based() || self.text[self.line_start(self.lo)..self.lo].trim().is_empty()
    }

    /// Whether nothing but a comment follows on the line.
    fn ends_line(&self, at: usize) -> bool {
        let rest = self.text[at..self.line_end(at)].trim_start();
        self.line_based() || rest.is_empty() || rest.starts_with(self.node.tree.dialect.comment_mark())
    }

    /// Whether nothing at all follows on the line.
    fn blank_after(&self, at: usize) -> bool {
        self.text[at..self.line_end(at)].trim().is_empty()
    }

    /// The beginning of the first of the lines of comment right above the node, or of its own line.
    fn above_comments(&self) -> usize {
        let mut start = self.line_start(self.lo);
        while let Some(end) = start.checked_sub(1).filter(|&end| self.text.as_bytes()[end] == b'\n') {
            let line = self.line_start(end);
            if !self.text[line..end].trim_start().starts_with(self.node.tree.dialect.comment_mark()) {
                break;
            }
            start = line;
        }
        start
    }

    /// The lines the node stands on, with their line break. The last line of a file without one takes
    /// the one before it along, so that the file still ends without.
    fn whole_lines(&self) -> (usize, usize) {
        let start = self.line_start(self.lo);
        let end = self.line_end(self.hi);
        match self.text[end..].find('\n') {
            Some(found) => (start, end + found + 1),
            None if self.text[..start].ends_with("\r\n") => (start - 2, end),
            None if self.text[..start].ends_with('\n') => (start - 1, end),
            None => (start, end),
        }
    }
}

#[cfg(test)]
mod tests;
