//! One line for each finding, for editors and grep.

use std::io::{self, Write};

use super::{Report, Terminal, severity_style, visible_line};

/// Prints `path:line:column: severity rule message` lines.
pub(super) fn print(report: &Report<'_>, terminal: Terminal, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        let file = report.sources.file_of(finding.span());
        let place = file.place(finding.span().lo);
        let path = file.path.display().to_string();
        let severity = terminal.paint(severity_style(finding.severity), finding.severity.word());
        writeln!(
            out,
            "{}:{}:{}: {severity} {} {}",
            visible_line(&path),
            place.line,
            place.column,
            finding.rule,
            visible_line(&finding.message)
        )?;
    }
    Ok(())
}
