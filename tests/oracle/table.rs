//! The confusion tables, and the lists of what to mend.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::mutants::{Case, Trial};
use crate::server::Server;

/// How many cases fell where.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Count {
    accepted_silent: usize,
    accepted_error: usize,
    refused_error: usize,
    refused_silent: usize,
    /// Of the refused with an error: those with one on the server's line or on the changed one.
    placed: usize,
    agreed: usize,
}

impl Count {
    pub(crate) fn of<'a>(cases: impl Iterator<Item = &'a Case>) -> Self {
        let mut count = Self::default();
        for case in cases {
            let cell = match (case.verdict.accepts, case.is_error()) {
                (true, false) => &mut count.accepted_silent,
                (true, true) => &mut count.accepted_error,
                (false, true) => &mut count.refused_error,
                (false, false) => &mut count.refused_silent,
            };
            *cell += 1;
            count.placed += usize::from(!case.verdict.accepts && case.is_placed());
            count.agreed += usize::from(case.agrees());
        }
        count
    }

    pub(crate) fn all(self) -> usize {
        self.accepted_silent + self.accepted_error + self.refused_error + self.refused_silent
    }

    /// Of a hundred verdicts so many agree.
    pub(crate) fn agreement(self) -> f64 {
        percent(self.agreed, self.all())
    }

    fn row(self, name: &str) -> String {
        format!(
            "| {name} | {} | {} | {} | {} | {} | {:.1} % | {:.1} % |\n",
            self.all(),
            self.accepted_silent,
            self.accepted_error,
            self.refused_error,
            self.refused_silent,
            self.agreement(),
            percent(self.placed, self.refused_error),
        )
    }
}

#[allow(clippy::cast_precision_loss, reason = "they are thousands")]
fn percent(part: usize, all: usize) -> f64 {
    // Nothing to disagree about is no disagreement.
    if all == 0 { 100.0 } else { 100.0 * part as f64 / all as f64 }
}

/// The table of one server.
pub(crate) fn table(trial: &Trial) -> String {
    let mut kinds: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    for case in &trial.cases {
        kinds.entry(case.kind).or_default().push(case);
    }
    let mut out = "| change | mutants | accepted, silent | accepted, error | refused, error | refused, silent | agree | on the line |\n\
        |-|-:|-:|-:|-:|-:|-:|-:|\n"
        .to_owned();
    out += &Count::of(trial.cases.iter()).row("**all**");
    for (kind, cases) in kinds {
        out += &Count::of(cases.into_iter()).row(kind);
    }
    out
}

/// `target/oracle`.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("oracle")
}

/// Writes the table and every difference to `target/oracle/<server>.txt`; returns the path.
pub(crate) fn write(server: Server, trial: &Trial) -> Result<PathBuf, String> {
    let mut out = format!("{}\nchanged: {} bases\n", table(trial), trial.bases);
    let mut list = |title: &str, lines: &[String]| {
        let _ = write!(out, "\n## {title}: {}\n\n{}\n", lines.len(), lines.join("\n"));
    };
    let differs = |accepts: bool| -> Vec<String> {
        let cases = trial.cases.iter().filter(|case| !case.agrees() && case.verdict.accepts == accepts);
        cases.map(show).collect()
    };
    let elsewhere =
        trial.cases.iter().filter(|case| !case.verdict.accepts && case.is_error() && !case.is_placed());
    let excused = trial.cases.iter().filter(|case| case.exception.is_some());
    list("errors in accepted files", &trial.false_errors);
    list("accepted, but gwlint says error", &differs(true));
    list("refused, but gwlint is silent", &differs(false));
    list("refused, and gwlint says so elsewhere", &elsewhere.map(show).collect::<Vec<_>>());
    list("gwlint differs and is right", &excused.map(show).collect::<Vec<_>>());
    list("left out, because the server does not accept them here", &trial.left_out);
    let path = folder().join(format!("{}.txt", server.name()));
    let written = fs::create_dir_all(folder()).and_then(|()| fs::write(&path, out));
    written.map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

fn show(case: &Case) -> String {
    let mut out = format!("{} in {} of {}\n", case.kind, case.path.display(), case.base);
    for (line, text) in case.lines.iter().take(12) {
        let text: String = text.chars().take(160).collect();
        let _ = writeln!(out, "    {line:>5} | {text}");
    }
    let said = if case.verdict.accepts { "accepted" } else { &case.verdict.message };
    let _ = writeln!(out, "    server: {said}");
    for finding in &case.findings {
        let _ = writeln!(out, "    gwlint: {finding}");
    }
    if let Some(why) = case.exception {
        let _ = writeln!(out, "    right because: {why}");
    }
    out
}
