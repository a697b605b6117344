//! Wires the pipeline to the terminal: arguments in, report out, exit status.

mod ask;
mod catalogue;
mod given;
mod lint;
mod undo;
mod verify;

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use clap::Parser;

use crate::cli::{Cli, Command, Lint, When};
use crate::config::Invalid;
use crate::diagnostic::Severity;
use crate::report::{self, Terminal};
use crate::select::Unknown;
use crate::session::Failure;
use crate::verify::{Test, Unverified};
use crate::write::WriteError;

/// Columns where there is no terminal.
const WIDTH: usize = 100;

/// Runs the command.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe is no reason to say more.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let when = cli.color;
    let terminal = terminal(&io::stdout(), when);
    let done = match &cli.command {
        None => lint::run(&cli.lint, terminal, self::terminal(&io::stderr(), when)),
        Some(Command::Explain { rule }) => catalogue::explain(rule, terminal),
        Some(Command::Stack { input }) => lint::stack(input, terminal, self::terminal(&io::stderr(), when)),
        Some(Command::Baseline { input, rules, hints }) => {
            let lint = Lint::for_baseline(input, rules, *hints);
            lint::baseline::run(&lint, terminal, self::terminal(&io::stderr(), when))
        }
        Some(Command::Undo) => undo::run(self::terminal(&io::stderr(), when)),
        Some(Command::Rules { format }) => catalogue::list(*format, terminal),
    };
    let status = done.unwrap_or_else(|stop| {
        stop.print(self::terminal(&io::stderr(), when));
        Status::Failed
    });
    ExitCode::from(status as u8)
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// Nothing at or above `--fail-on` was found.
    Clean = 0,
    /// Something was.
    Findings = 1,
    /// The job could not be done, or not in full.
    Failed = 2,
}

/// Why nothing could be done.
enum Stop {
    /// A rule or family that is not there.
    Unknown(Unknown),
    /// Options that do not go together.
    Usage(String),
    /// A file that was named could not be read.
    Unreadable(PathBuf, io::Error),
    /// The baseline could not be written.
    Unwritable(PathBuf, io::Error),
    /// A `gwlint.toml` or a baseline that cannot be used.
    Config(Invalid),
    /// Nothing to lint.
    Lint(Failure),
    /// The repairs could not be written.
    Write(WriteError),
    /// Nobody could be asked whether they are right.
    Unverified(Unverified),
    /// A server refused them, and what it said; they are taken back.
    Refused(Test, String),
    /// The current directory, which a patch is relative to, could not be told.
    NoDirectory(io::Error),
    /// The report could not be written.
    Output(io::Error),
}

impl Stop {
    /// Says so. Where even that cannot be written, nothing is left to be done.
    fn print(&self, terminal: Terminal) {
        match self {
            Self::Unknown(unknown) => {
                complain(terminal, &unknown.to_string());
                let help = unknown.meant.as_ref().map_or_else(
                    || "`gwlint rules` lists them all".to_owned(),
                    |meant| format!("did you mean `{meant}`?"),
                );
                let _ = writeln!(io::stderr(), "  help: {help}");
            }
            Self::Usage(why) => complain(terminal, why),
            Self::Unreadable(path, error)
            | Self::Unwritable(path, error)
            | Self::Config(Invalid::Unreadable(path, error)) => {
                complain(terminal, &format!("{}: {error}", path.display()));
            }
            Self::Config(Invalid::Wrong(sources, mistakes)) => {
                for mistake in mistakes {
                    let _ = report::print_one(sources, mistake, terminal, &mut io::stderr());
                }
            }
            Self::Lint(failure) => complain(terminal, &failure.to_string()),
            Self::Write(error) => complain(terminal, &error.to_string()),
            Self::Unverified(why) => complain(terminal, &why.to_string()),
            Self::Refused(test, said) => {
                let command = test.command.join(" ");
                let what = "refuses the repaired files; all have their old text again";
                complain(terminal, &format!("{} {what}. `{command}` says:", test.server.name()));
                let _ = writeln!(io::stderr(), "{}", report::visible(said));
            }
            Self::NoDirectory(error) => {
                complain(terminal, &format!("the current directory is not known: {error}"));
            }
            Self::Output(error) => complain(terminal, &format!("the report could not be written: {error}")),
        }
    }
}

/// Writes `error: message` to standard error.
fn complain(terminal: Terminal, message: &str) {
    remark(terminal, Severity::Error, message);
}

/// Writes `severity: message` to standard error.
fn remark(terminal: Terminal, severity: Severity, message: &str) {
    let word = terminal.paint(report::severity_style(severity), severity.word());
    let _ = writeln!(io::stderr(), "{word}: {}", report::visible(message));
}

/// Names each file that could not be read on standard error.
fn complain_unreadable(terminal: Terminal, unreadable: &[(PathBuf, String)]) {
    for (path, reason) in unreadable {
        complain(terminal, &format!("{}: {reason}", path.display()));
    }
}

/// Writes to standard output. That nobody reads on, as with `| head`, is no error.
fn output(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Stop> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Stop::Output(error)),
        _ => Ok(()),
    }
}

/// What `stream` shows, as the user wants it.
fn terminal<S>(stream: &S, when: When) -> Terminal
where
    S: anstream::stream::RawStream + IsTerminal,
{
    let color = match when {
        When::Auto => AutoStream::choice(stream) != ColorChoice::Never,
        When::Always => true,
        When::Never => false,
    };
    let set = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let width = set.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
    Terminal { width: width.filter(|&width| width > 0).unwrap_or(WIDTH), color }
}
