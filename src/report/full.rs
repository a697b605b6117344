//! The report for people: what is wrong, shown in the lines it is about, and what to do.

use std::fmt;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents, ThemeStyles,
};

use super::excerpt::{Excerpt, excerpts};
use super::{Report, Terminal, severity_style, visible};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::source::SourceMap;

/// Prints the findings, a blank line behind each.
pub(super) fn print(report: &Report<'_>, terminal: Terminal, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        print_one(report.sources, finding, terminal, out)?;
        writeln!(out)?;
    }
    Ok(())
}

/// Prints one finding.
pub(super) fn print_one(
    sources: &SourceMap,
    finding: &Diagnostic,
    terminal: Terminal,
    out: &mut dyn Write,
) -> io::Result<()> {
    print_header(finding, terminal, out)?;
    let excerpts = excerpts(sources, &finding.labels, terminal.width);
    let digits = |excerpt: &Excerpt| excerpt.last.to_string().len();
    let widest = excerpts.iter().map(digits).max().unwrap_or_default();
    for excerpt in &excerpts {
        let indent = widest - digits(excerpt);
        for line in draw(excerpt, finding.severity, terminal).lines() {
            writeln!(out, "{:indent$}{line}", "")?;
        }
    }
    print_footer(finding, terminal, out)
}

/// `error[rule]: message`.
fn print_header(finding: &Diagnostic, terminal: Terminal, out: &mut dyn Write) -> io::Result<()> {
    let rule = if finding.rule.is_empty() { String::new() } else { format!("[{}]", finding.rule) };
    let word = format!("{}{rule}", finding.severity.word());
    let text = format!("{word}: {}", visible(&finding.message));
    let text = super::wrap(&text, terminal.width, "", INDENT);
    // There is no blank in the word, so the first line begins with all of it.
    let (word, message) = text.split_at(word.len());
    let word = terminal.paint(severity_style(finding.severity), word);
    writeln!(out, "{word}{}", terminal.paint(Style::new().bold(), message))
}

/// What the lines of a text but the first begin with.
const INDENT: &str = "        ";

/// `note:`, `help:` and `fix:`.
fn print_footer(finding: &Diagnostic, terminal: Terminal, out: &mut dyn Write) -> io::Result<()> {
    let fix = finding.fix.as_ref().map(|fix| match fix.applicability {
        Applicability::Safe => format!("{} (--fix)", fix.title),
        Applicability::Unsafe => format!("{} (--fix --unsafe-fixes)", fix.title),
        Applicability::Display => format!("{} (by hand)", fix.title),
    });
    for (word, text) in [("note", &finding.note), ("help", &finding.help), ("fix", &fix)] {
        let Some(text) = text else { continue };
        let text = super::wrap(&visible(text), terminal.width, INDENT, INDENT);
        let word = format!("{word:>6}:");
        let word = terminal.paint(AnsiColor::Cyan.on_default().bold(), &word);
        writeln!(out, "{word} {}", text.trim_start())?;
    }
    Ok(())
}

/// The frame around an excerpt, with its marks.
fn draw(excerpt: &Excerpt, severity: Severity, terminal: Terminal) -> String {
    let handler = GraphicalReportHandler::new_themed(theme(excerpt, severity, terminal))
        .without_primary_span_start()
        .with_wrap_lines(false);
    let mut drawn = String::new();
    // Writing into a string does not fail.
    let _ = handler.render_report(&mut drawn, &Drawing(excerpt));
    // The first line is for the message, which has been printed.
    drawn.split_once('\n').map(|(_, frame)| frame.to_owned()).unwrap_or_default()
}

/// The place of the finding has the colour of its severity, every other place another.
fn theme(excerpt: &Excerpt, severity: Severity, terminal: Terminal) -> GraphicalTheme {
    if !terminal.color {
        return GraphicalTheme::unicode_nocolor();
    }
    let mut theme = GraphicalTheme::unicode();
    let ThemeStyles { error, warning, advice, help, .. } = theme.styles.clone();
    let primary = match severity {
        Severity::Error => error,
        Severity::Warning => warning,
        Severity::Hint => advice,
    };
    theme.styles.highlights =
        excerpt.marks.iter().map(|mark| if mark.primary { primary } else { help }).collect();
    theme
}

/// An excerpt as miette takes it.
#[derive(Debug)]
struct Drawing<'a>(&'a Excerpt);

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Drawing<'_> {}

impl miette::Diagnostic for Drawing<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let labels = self.0.marks.iter().map(|mark| {
            let text = (!mark.text.is_empty()).then(|| mark.text.clone());
            let span = SourceSpan::from(mark.range.clone());
            if mark.primary {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        });
        Some(Box::new(labels))
    }
}

/// An excerpt is always drawn as a whole, whichever of its marks miette asks for.
impl SourceCode for Drawing<'_> {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let excerpt = self.0;
        let lines = (excerpt.last - excerpt.first) as usize + 1;
        Ok(Box::new(MietteSpanContents::new_named(
            excerpt.name.clone(),
            excerpt.text.as_bytes(),
            (0, excerpt.text.len()).into(),
            excerpt.first.saturating_sub(1) as usize,
            0,
            lines,
        )))
    }
}
