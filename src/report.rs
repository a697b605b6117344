//! What the user reads: the findings of a run, in one of three formats.

mod concise;
mod excerpt;
mod full;
mod json;
mod reload;
mod summary;

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::fix::Applied;
use crate::source::SourceMap;

pub use reload::commands as reload_commands;
pub use summary::count;

/// How findings are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// With the lines they are about, for people.
    #[default]
    Full,
    /// One line each.
    Concise,
    /// One JSON document.
    Json,
}

/// What a run has to say.
#[derive(Debug)]
pub struct Report<'a> {
    /// The text of all files.
    pub sources: &'a SourceMap,
    /// The findings to show.
    pub findings: Vec<&'a Diagnostic>,
    /// How many hints are not shown.
    pub hidden: usize,
    /// How many findings are not shown because the baseline knows them.
    pub known: usize,
    /// How many files were asked about and read.
    pub files: usize,
    /// What could not be read, and why.
    pub unreadable: &'a [(PathBuf, String)],
    /// What was repaired before, if that was asked for.
    pub repaired: Option<Repaired<'a>>,
}

/// What was done about the findings that are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Their faults were repaired.
    Repaired,
    /// They are silenced by comments.
    Ignored,
}

impl Done {
    /// The word for it.
    const fn word(self) -> &'static str {
        match self {
            Self::Repaired => "repaired",
            Self::Ignored => "ignored",
        }
    }
}

/// The fixes that were made.
#[derive(Debug, Clone, Copy)]
pub struct Repaired<'a> {
    /// What they do.
    pub done: Done,
    /// Each of them.
    pub fixes: &'a [Applied],
    /// Which ones were allowed.
    pub allowed: Applicability,
    /// The commands after which the servers of this machine go by them.
    pub reload: &'a [String],
}

impl<'a> Report<'a> {
    /// The report of a run that read nothing.
    pub fn nothing(sources: &'a SourceMap, unreadable: &'a [(PathBuf, String)]) -> Self {
        Self { sources, findings: Vec::new(), hidden: 0, known: 0, files: 0, unreadable, repaired: None }
    }

    /// Writes the findings.
    ///
    /// # Errors
    /// What `out` says.
    pub fn print(&self, format: Format, terminal: Terminal, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Full => full::print(self, terminal, out),
            Format::Concise => concise::print(self, terminal, out),
            Format::Json => json::print(self, out),
        }
    }

    /// Writes what was repaired, and how many findings are left and how many of them `--fix` repairs.
    ///
    /// # Errors
    /// What `out` says.
    pub fn print_closing(&self, terminal: Terminal, out: &mut dyn Write) -> io::Result<()> {
        if let Some(Repaired { done, fixes, .. }) = self.repaired {
            let word = terminal.paint(AnsiColor::Green.on_default().bold(), done.word());
            fixes.iter().try_for_each(|fix| writeln!(out, "{word} {}", describe(fix)))?;
        }
        writeln!(out, "{}", summary::summary(self))?;
        let Some(repaired) = self.repaired.filter(|repaired| !repaired.fixes.is_empty()) else {
            return Ok(());
        };
        for command in repaired.reload {
            writeln!(out, "Reload with `{}`.", terminal.paint(AnsiColor::Cyan.on_default(), command))?;
        }
        writeln!(out, "Take it back with `{}`.", terminal.paint(AnsiColor::Cyan.on_default(), "gwlint undo"))
    }
}

/// Writes one finding in full; also how errors in `gwlint.toml` are shown.
///
/// # Errors
/// What `out` says.
pub fn print_one(
    sources: &SourceMap,
    finding: &Diagnostic,
    terminal: Terminal,
    out: &mut dyn Write,
) -> io::Result<()> {
    full::print_one(sources, finding, terminal, out)
}

/// `path:line:column: rule: title` of a fix.
pub fn describe(fix: &Applied) -> String {
    let path = fix.path.display().to_string();
    let (line, column) = (fix.place.line, fix.place.column);
    format!("{}:{line}:{column}: {}: {}", visible_line(&path), fix.rule, visible_line(&fix.title))
}

/// Writes `value` as an indented JSON document.
///
/// # Errors
/// What `out` says.
pub fn print_json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

/// What is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// Columns.
    pub width: usize,
    /// Whether it shows colours.
    pub color: bool,
}

impl Terminal {
    /// `text` in a style, where there are colours.
    pub fn paint(self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// The style of the word for a severity.
pub fn severity_style(severity: Severity) -> Style {
    let color = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Hint => AnsiColor::Cyan,
    };
    color.on_default().bold()
}

/// `text` with every character that would act on the terminal replaced by one that shows; line
/// breaks stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    replace(text, |c| if c == '\n' { c } else { visible_char(c) })
}

/// [`visible`] text in one line.
fn visible_line(text: &str) -> Cow<'_, str> {
    replace(text, visible_char)
}

fn replace(text: &str, by: fn(char) -> char) -> Cow<'_, str> {
    if text.chars().all(|c| by(c) == c) { Cow::Borrowed(text) } else { text.chars().map(by).collect() }
}

/// The picture of a control character; any other character as it is.
fn visible_char(c: char) -> char {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        // C1 controls, and the characters that turn the direction of text around or are not seen.
        '\u{80}'..='\u{9f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => '\u{fffd}',
        c => c,
    }
}

/// `text` in lines of `width` columns, the first behind `initial` and all others behind `indent`. Paths
/// and addresses stay whole, so that they can be copied.
fn wrap(text: &str, width: usize, initial: &str, indent: &str) -> String {
    let options = textwrap::Options::new(width.max(20 + indent.len()))
        .initial_indent(initial)
        .subsequent_indent(indent)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    textwrap::wrap(text, options).join("\n")
}

#[cfg(test)]
mod tests;
