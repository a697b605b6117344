//! The lines a finding is shown on: which ones, in which order, and as much of each as fits.
//!
//! Configuration is not always kind to a terminal. Lines can be a megabyte long, and text can hold
//! tabs, NULs and escape sequences; what leaves here is short and harmless.

use std::ops::Range;

use crate::diagnostic::Label;
use crate::source::{SourceFile, SourceMap, Span};

use super::visible;

/// Lines shown above and below a label.
const CONTEXT: u32 = 1;
/// Labels of one file this many lines apart are shown together.
const TOGETHER: u32 = 3;
/// No window is narrower, however narrow the terminal.
const NARROWEST: usize = 40;
/// No label text is wrapped to less, however far right it stands.
const NARROWEST_LABEL: usize = 30;
const TAB: usize = 4;

/// Neighbouring lines of one file, and what to say about them.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// `path:line:column` of the label that matters most.
    pub(super) name: String,
    /// Number of the first line.
    pub(super) first: u32,
    /// Number of the last line.
    pub(super) last: u32,
    /// The lines, each with a line break.
    pub(super) text: String,
    /// The labels, from left to right and top to bottom.
    pub(super) marks: Vec<Mark>,
}

/// A label in the text of an [`Excerpt`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The marked bytes.
    pub(super) range: Range<usize>,
    /// What is said about them.
    pub(super) text: String,
    /// Whether the finding is reported here.
    pub(super) primary: bool,
}

/// A label, and the line it begins in.
#[derive(Clone, Copy)]
struct Located<'a> {
    file: &'a SourceFile,
    line: u32,
    label: &'a Label,
    primary: bool,
}

/// The excerpts that show `labels` in `width` columns; the one with the first label is the first.
pub(super) fn excerpts(sources: &SourceMap, labels: &[Label], width: usize) -> Vec<Excerpt> {
    let located = labels.iter().enumerate().map(|(index, label)| {
        let file = sources.file_of(label.span);
        Located { file, line: file.place(label.span.lo).line, label, primary: index == 0 }
    });
    let clusters = clusters(located.collect());
    let last = clusters.iter().filter_map(|cluster| cluster.last()).map(|last| last.line + CONTEXT).max();
    let gutter = last.unwrap_or_default().to_string().len() + 4;
    let width = width.saturating_sub(gutter).max(NARROWEST);
    clusters.iter().filter_map(|cluster| excerpt(cluster, width)).collect()
}

/// Groups the labels that stand close to each other: the group of the first label leads, then the
/// rest of its file, then the other files in the order they were named.
fn clusters(labels: Vec<Located<'_>>) -> Vec<Vec<Located<'_>>> {
    let mut files: Vec<Vec<Located<'_>>> = Vec::new();
    for label in labels {
        match files.iter_mut().find(|file| file[0].file.base == label.file.base) {
            Some(file) => file.push(label),
            None => files.push(vec![label]),
        }
    }
    let mut clusters: Vec<Vec<Located<'_>>> = Vec::new();
    for mut file in files {
        file.sort_by_key(|located| located.label.span);
        clusters.extend(file.chunk_by(|a, b| b.line - a.line <= TOGETHER).map(<[_]>::to_vec));
    }
    clusters.sort_by_key(|cluster| !cluster.iter().any(|located| located.primary));
    clusters
}

fn excerpt(cluster: &[Located<'_>], width: usize) -> Option<Excerpt> {
    let lead = cluster.iter().find(|located| located.primary).or(cluster.first())?;
    let (top, bottom) = (cluster.first()?.line, cluster.last()?.line);
    let place = lead.file.place(lead.label.span.lo);
    let path = lead.file.path.display().to_string();
    let mut excerpt = Excerpt {
        name: format!("{}:{}:{}", visible(&path), place.line, place.column),
        first: 0,
        last: 0,
        text: String::new(),
        marks: Vec::new(),
    };
    for number in top.saturating_sub(CONTEXT)..=bottom + CONTEXT {
        let Some(line) = lead.file.line(number) else { continue };
        let labels: Vec<_> = cluster.iter().filter(|located| located.line == number).collect();
        let context = number < top || number > bottom;
        if context && slice(lead.file, line).trim().is_empty() {
            continue;
        }
        if excerpt.first == 0 {
            excerpt.first = number;
        }
        excerpt.last = number;
        excerpt.push_line(slice(lead.file, line), line, &labels, width);
    }
    Some(excerpt)
}

fn slice(file: &SourceFile, span: Span) -> &str {
    file.text.get((span.lo - file.base) as usize..(span.hi - file.base) as usize).unwrap_or_default()
}

impl Excerpt {
    fn push_line(&mut self, text: &str, line: Span, labels: &[&Located<'_>], width: usize) {
        // A label that runs on over more lines is shown where it begins.
        let inside = |at: u32| floor_boundary(text, (at.clamp(line.lo, line.hi) - line.lo) as usize);
        let focus = labels.iter().find(|located| located.primary).or(labels.first());
        let window = Window::new(text, focus.map_or(0, |located| inside(located.label.span.lo)), width);
        let start = self.text.len();
        for located in labels {
            let (lo, hi) = (inside(located.label.span.lo), inside(located.label.span.hi));
            let range = window.locate(lo)..window.locate(hi);
            let column = |at: usize| columns(&window.text[..at]);
            let middle = usize::midpoint(column(range.start), column(range.end));
            let room = width.saturating_sub(middle + 4).max(NARROWEST_LABEL);
            self.marks.push(Mark {
                range: start + range.start..start + range.end,
                text: super::wrap(&visible(&located.label.text), room, "", ""),
                primary: located.primary,
            });
        }
        self.text.push_str(&window.text);
        self.text.push('\n');
    }
}

/// As much of a line as fits, made harmless.
struct Window {
    text: String,
    /// Offsets in the line and, for each, the offset in `text`.
    offsets: Vec<(usize, usize)>,
}

impl Window {
    /// The part of `line` around the offset `focus` that fits into `width` columns.
    fn new(line: &str, focus: usize, width: usize) -> Self {
        let from = Self::begin(line, focus, width);
        let mut window = Self { text: String::new(), offsets: Vec::new() };
        let mut column = 0;
        if from > 0 {
            window.text.push('…');
            column = 1;
        }
        for (at, c) in line[from..].char_indices() {
            window.offsets.push((from + at, window.text.len()));
            let before = window.text.len();
            match c {
                '\t' => window.text.extend(std::iter::repeat_n(' ', TAB - column % TAB)),
                c => window.text.push(super::visible_char(c)),
            }
            column += columns(&window.text[before..]);
            if column > width {
                window.text.truncate(before);
                window.text.push('…');
                break;
            }
        }
        window
    }

    /// Where the window begins: at the line's start when that leaves `focus` well inside it.
    fn begin(line: &str, focus: usize, width: usize) -> usize {
        let mut room = width * 3 / 4;
        let mut quarter = None;
        for (at, c) in line[..focus].char_indices().rev() {
            let wide = if c == '\t' { TAB } else { columns(c.encode_utf8(&mut [0; 4])) };
            if room < wide {
                return quarter.unwrap_or(focus);
            }
            room -= wide;
            if room >= width / 2 {
                quarter = Some(at);
            }
        }
        0
    }

    /// Where the offset `at` of the line is in the text; what was cut off is at its near end.
    fn locate(&self, at: usize) -> usize {
        let index = self.offsets.partition_point(|&(offset, _)| offset < at);
        self.offsets.get(index).map_or(self.text.len(), |&(_, to)| to)
    }
}

fn columns(text: &str) -> usize {
    textwrap::core::display_width(text)
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn label(lo: u32, hi: u32) -> Label {
        Label { span: Span::new(lo, hi), text: "here".into() }
    }

    fn show(bytes: &[u8], labels: &[Label], width: usize) -> Vec<Excerpt> {
        let mut sources = SourceMap::default();
        sources.add(Path::new("f"), bytes.to_vec()).expect("small");
        excerpts(&sources, labels, width)
    }

    fn marked(excerpt: &Excerpt) -> Vec<&str> {
        excerpt.marks.iter().map(|mark| &excerpt.text[mark.range.clone()]).collect()
    }

    #[test]
    fn an_empty_file_has_a_line_to_show() {
        let shown = show(b"", &[label(0, 0)], 80);
        assert_eq!((shown[0].text.as_str(), shown[0].name.as_str()), ("\n", "f:1:1"));
    }

    #[test]
    fn the_end_of_a_file_has_a_line_to_show() {
        let shown = show(b"http {\n", &[label(7, 7), label(5, 6)], 80);
        assert_eq!((shown[0].text.as_str(), shown[0].name.as_str()), ("http {\n\n", "f:2:1"));
        assert_eq!(marked(&shown[0]), ["{", ""]);
    }

    #[test]
    fn blank_lines_around_are_left_out() {
        let shown = show(b"a\r\n \r\nb;\r\nc\r\n", &[label(6, 8)], 80);
        assert_eq!((shown[0].text.as_str(), shown[0].first, shown[0].last), ("b;\nc\n", 3, 4));
        assert_eq!(marked(&shown[0]), ["b;"]);
    }

    #[test]
    fn labels_far_apart_are_shown_apart_and_the_first_label_first() {
        let text = b"1\n2\n3\n4\n5\n6\n7\n8\n";
        let shown = show(text, &[label(14, 15), label(0, 1), label(10, 11)], 80);
        let names: Vec<_> = shown.iter().map(|excerpt| excerpt.name.as_str()).collect();
        assert_eq!(names, ["f:8:1", "f:1:1"]);
    }

    #[test]
    fn a_label_over_many_lines_is_shown_where_it_begins() {
        let shown = show(b"a {\nb\n}\n", &[label(0, 8)], 80);
        assert_eq!(marked(&shown[0]), ["a {"]);
    }

    #[test]
    fn tabs_and_controls_become_harmless() {
        let shown = show(b"\ta\tb\x1b[31mc\0d\n", &[label(4, 5)], 80);
        assert_eq!(shown[0].text, "    a   b␛[31mc␀d\n");
        assert_eq!(marked(&shown[0]), ["␛"]);
    }

    #[test]
    fn a_long_line_is_cut_around_its_label() {
        let mut line = "x".repeat(100_000);
        line.replace_range(50_000..50_003, "LAB");
        let shown = show(line.as_bytes(), &[label(50_000, 50_003), label(99_999, 100_000), label(0, 1)], 80);
        let text = shown[0].text.trim_end();
        assert!(text.starts_with('…') && text.ends_with('…') && columns(text) <= 80, "{text}");
        assert!(marked(&shown[0]).contains(&"LAB"));
    }

    #[test]
    fn a_long_line_that_begins_with_its_label_is_cut_at_its_end() {
        let line = format!("{} {}", "äöü".repeat(5), "y".repeat(500));
        let shown = show(line.as_bytes(), &[label(0, 30)], 60);
        assert!(shown[0].text.starts_with("äöü") && shown[0].text.ends_with("y…\n"));
        assert_eq!(marked(&shown[0]), ["äöü".repeat(5)]);
    }
}
