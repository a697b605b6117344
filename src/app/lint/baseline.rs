//! `gwlint baseline`: writes down what is found today; and what later runs make of it.

use std::path::{Path, PathBuf};

use super::{Run, configured};
use crate::app::given::{self, Given};
use crate::app::{Status, Stop, Terminal, complain_unreadable, output, remark};
use crate::baseline::{self, Baseline, FILE_NAME};
use crate::cli::Lint;
use crate::config;
use crate::diagnostic::Severity;
use crate::report::{count, visible};
use crate::rule::Rule;
use crate::rules;
use crate::session::Outcome;
use crate::write;

/// Writes the findings of today to the baseline.
pub(in crate::app) fn run(args: &Lint, out: Terminal, err: Terminal) -> Result<Status, Stop> {
    let given = given::files(&args.input)?;
    let path = match found(&given) {
        Some(path) => path,
        None => configured(&args.input, &given)
            .map_or_else(|| PathBuf::from(FILE_NAME), |config| config.with_file_name(FILE_NAME)),
    };
    let run = Run::new(args, given, rules::ALL, out, err)?;
    let outcome = run.lint(&run.session.disk).map_err(Stop::Lint)?;
    complain_unreadable(err, &outcome.workspace.unreadable);
    if !outcome.workspace.unreadable.is_empty() {
        return Ok(Status::Failed);
    }
    let shown = || outcome.findings.iter().filter(|finding| run.shows(finding));
    let text = baseline::text(&run.session.disk, &path, &outcome, shown());
    write::write_fresh(&path, &text).map_err(|error| Stop::Unwritable(path.clone(), error))?;
    output(|to| {
        let path = path.display().to_string();
        writeln!(to, "{} in {}.", count(shown().count(), "known problem"), visible(&path))
    })?;
    Ok(Status::Clean)
}

/// The baseline that counts, if there is one: it is looked for as gwlint.toml is.
pub(super) fn read(args: &Lint, given: &Given, all: &[&'static Rule]) -> Result<Baseline, Stop> {
    match found(given).filter(|_| !args.no_baseline) {
        Some(path) => Baseline::read(&given.settings, &path, all).map_err(Stop::Config),
        None => Ok(Baseline::default()),
    }
}

fn found(given: &Given) -> Option<PathBuf> {
    let first = given.paths.first().map(PathBuf::as_path);
    let path = config::nearest(&given.settings, first, FILE_NAME)?;
    // It is named as the user would name it.
    let here = std::env::current_dir().ok();
    let short = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_path_buf));
    Some(short.unwrap_or(path))
}

impl Run<'_> {
    /// Names the entries of the baseline that expect more than was found.
    pub(super) fn name_stale(&self, outcome: &Outcome) {
        let (disk, ran) = (&self.session.disk, &self.session.request.rules);
        for stale in self.baseline.stale(disk, outcome, ran) {
            let baseline::Stale { line, file, rule, expected, found } = stale;
            let path = self.baseline.path.display();
            let now = if found == 0 {
                "none of them is left".to_owned()
            } else {
                format!("{found} of them are left")
            };
            let known = count(expected, "known problem");
            let what = format!(
                "{path}:{line}: {rule} has {known} in {file}, and {now}; `gwlint baseline` writes it anew"
            );
            remark(self.err, Severity::Warning, &what);
        }
    }
}
