//! `gwlint [PATH]...`: lint, and say what was found.

pub(super) mod baseline;
mod ignores;

use std::path::{Path, PathBuf};

use super::given::Given;
use super::{Status, Stop, Terminal, ask, complain_unreadable, given, output, remark, undo, verify};
use crate::baseline::Baseline;
use crate::cli::{Input, Lint, Rules};
use crate::config::{self, Config, Policy};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::fix::{self, Repair};
use crate::load::File;
use crate::report::{self, Done, Format, Repaired, Report};
use crate::rule::Rule;
use crate::select::{self, Lists};
use crate::session::{Failure, Outcome, Request, Session};
use crate::source::SourceMap;
use crate::verify::Commands;
use crate::vfs::Disk;
use crate::{diff, rules};

pub(super) fn run(args: &Lint, out: Terminal, err: Terminal) -> Result<Status, Stop> {
    undo::recover(err)?;
    let input = &args.input;
    let given = !input.overlay.is_empty() || input.paths.iter().any(|path| path == Path::new("-"));
    let writes = args.repair.allowed().is_some() || args.repair.add_ignores.is_some();
    if given && writes {
        let why = "what is not on the disk cannot be repaired there: use none of --fix, --diff and --add-ignores with `-` and --overlay";
        return Err(Stop::Usage(why.to_owned()));
    }
    let run = Run::new(args, given::files(input)?, rules::ALL, out, err)?;
    let done = match (&args.repair.add_ignores, args.repair.allowed()) {
        (Some(reason), _) => run.add_ignores(reason),
        (None, Some(allowed)) => run.repair(allowed),
        (None, None) => run.check(),
    };
    done.inspect_err(|stop| run.report_failure(stop))
}

/// `gwlint stack [PATH]...`: says what was understood.
pub(super) fn stack(input: &Input, out: Terminal, err: Terminal) -> Result<Status, Stop> {
    let given = given::files(input)?;
    let config = configuration(input, &given, rules::ALL)?;
    let Given { disk, paths, .. } = given;
    let session = Session { request: request(input, paths, &config, Vec::new()), disk };
    let outcome = session.lint().map_err(Stop::Lint)?;
    output(|to| crate::stack::describe(&outcome.sources, &outcome.workspace, &outcome.stack, to, out.color))?;
    complain_unreadable(err, &outcome.workspace.unreadable);
    Ok(if outcome.workspace.unreadable.is_empty() { Status::Clean } else { Status::Failed })
}

/// The `gwlint.toml` that counts: the one named, or the nearest at or above the first path, or at or
/// above the current directory.
fn configuration(input: &Input, given: &Given, all: &[&'static Rule]) -> Result<Config, Stop> {
    match configured(input, given) {
        Some(path) => config::read(&given.settings, &path, all, rules::OPTIONS).map_err(Stop::Config),
        None => Ok(Config::default()),
    }
}

/// Where it is.
fn configured(input: &Input, given: &Given) -> Option<PathBuf> {
    if input.no_config {
        return None;
    }
    let first = given.paths.first().map(PathBuf::as_path);
    input.config.clone().or_else(|| config::nearest(&given.settings, first, config::FILE_NAME))
}

fn request(input: &Input, paths: Vec<PathBuf>, config: &Config, rules: Vec<&'static Rule>) -> Request {
    let mut targets = config.targets;
    for target in &input.target {
        target.set(&mut targets);
    }
    let mut options = config.options.clone();
    options.contexts = input.context.iter().copied().reduce(|all, context| all | context);
    Request {
        paths,
        root: input.root.clone().or_else(|| config.root.clone()),
        dialect: input.dialect,
        targets,
        options,
        rules,
    }
}

/// A run, and how its findings are shown and counted.
struct Run<'a> {
    args: &'a Lint,
    session: Session,
    lists: Lists,
    verify: Commands,
    policy: Policy,
    baseline: Baseline,
    hints: bool,
    fail_on: Severity,
    out: Terminal,
    err: Terminal,
}

impl<'a> Run<'a> {
    fn new(
        args: &'a Lint,
        given: Given,
        all: &[&'static Rule],
        out: Terminal,
        err: Terminal,
    ) -> Result<Self, Stop> {
        let Rules { select, ignore } = &args.rules;
        for name in select.iter().chain(ignore).chain(&args.repair.fix_only) {
            select::check(all, name).map_err(Stop::Unknown)?;
        }
        let config = configuration(&args.input, &given, all)?;
        let baseline = baseline::read(args, &given, all)?;
        let Given { disk, paths, .. } = given;
        let lists = Lists { select: select.clone(), ignore: ignore.clone() };
        let lists = config.rules.clone().overridden(lists);
        let rules = all.iter().copied().filter(|rule| lists.includes(rule)).collect();
        let fail_on = args.fail_on.or(config.fail_on).unwrap_or(Severity::Warning);
        Ok(Run {
            args,
            session: Session { request: request(&args.input, paths, &config, rules), disk },
            hints: args.hints || fail_on == Severity::Hint,
            lists,
            verify: config.verify,
            policy: config.policy,
            baseline,
            fail_on,
            out,
            err,
        })
    }

    /// Lints what is on `disk`, without what the baseline knows. A run that read nothing and met no obstacle has not
    /// done its job.
    fn lint(&self, disk: &Disk) -> Result<Outcome, Failure> {
        let request = self.session.request.clone();
        let mut outcome = Session { request, disk: disk.clone() }.lint()?;
        self.policy.apply(&mut outcome);
        self.baseline.take(&mut outcome);
        let read = outcome.workspace.files.iter().any(|file| file.asked);
        if !read && outcome.workspace.unreadable.is_empty() {
            return Err(Failure::NothingToLint(self.session.request.paths.clone()));
        }
        Ok(outcome)
    }

    /// Lints, without the fixes of findings that are not shown, or not among those to be repaired.
    fn lint_shown(&self, disk: &Disk) -> Result<Outcome, Failure> {
        let mut outcome = self.lint(disk)?;
        for finding in &mut outcome.findings {
            if !self.shows(finding) || !self.repairs(finding) {
                finding.fix = None;
            }
        }
        Ok(outcome)
    }

    /// Hints have to be asked for, all of them or a rule by its name.
    fn shows(&self, finding: &Diagnostic) -> bool {
        finding.severity > Severity::Hint || self.hints || self.lists.names(finding.rule)
    }

    /// Whether `--fix-only` lets a finding be repaired.
    fn repairs(&self, finding: &Diagnostic) -> bool {
        let only = &self.args.repair.fix_only;
        only.is_empty() || only.iter().any(|name| select::covers(name, finding.rule))
    }

    /// Without `--diff` and `--fix`.
    fn check(&self) -> Result<Status, Stop> {
        let outcome = self.lint(&self.session.disk).map_err(Stop::Lint)?;
        self.report(&outcome, None)
    }

    /// `--diff` and `--fix`.
    fn repair(&self, allowed: Applicability) -> Result<Status, Stop> {
        let disk = &self.session.disk;
        let lint = |disk: &Disk| self.lint_shown(disk);
        let asks = self.args.repair.interactive;
        let chosen = asks.then(|| ask::choose(&lint, disk, allowed, self.out)).transpose()?;
        let lint = |disk: &Disk| {
            let outcome = lint(disk)?;
            Ok(chosen.iter().fold(outcome, |outcome, chosen| chosen.keep(outcome)))
        };
        let repair = fix::converge_with(disk, allowed, &lint).map_err(Stop::Lint)?;
        for dropped in &repair.dropped {
            let what = format!("not repaired: {} ({})", report::describe(&dropped.fix), dropped.why);
            remark(self.err, Severity::Warning, &what);
        }
        if self.args.repair.diff {
            return self.diff(&repair);
        }
        if self.args.repair.verify {
            verify::write(&repair, &self.verify, self.err)?;
        } else {
            undo::write(&repair.files)?;
        }
        let reload = reload(&repair);
        self.report(
            &repair.outcome,
            Some(Repaired { done: Done::Repaired, fixes: &repair.applied, allowed, reload: &reload }),
        )
    }

    /// Prints the repairs as a patch.
    fn diff(&self, repair: &Repair) -> Result<Status, Stop> {
        let unreadable = &repair.outcome.workspace.unreadable;
        complain_unreadable(self.err, unreadable);
        let here = std::env::current_dir().map_err(Stop::NoDirectory)?;
        output(|mut to| diff::write(&mut to, &repair.files, &here))?;
        Ok(match (unreadable.is_empty(), repair.files.is_empty()) {
            (false, _) => Status::Failed,
            (true, false) => Status::Findings,
            (true, true) => Status::Clean,
        })
    }

    /// Prints what was found and says how the run ended.
    fn report(&self, outcome: &Outcome, repaired: Option<Repaired<'_>>) -> Result<Status, Stop> {
        let report = self.view(outcome, repaired);
        complain_unreadable(self.err, report.unreadable);
        self.name_stale(outcome);
        output(|to| {
            report.print(self.args.format, self.out, to)?;
            let silent = self.args.quiet || self.args.format == Format::Json;
            if silent { Ok(()) } else { report.print_closing(self.out, to) }
        })?;
        Ok(self.status(&report))
    }

    /// What is shown of what was found.
    fn view<'o>(&self, outcome: &'o Outcome, repaired: Option<Repaired<'o>>) -> Report<'o> {
        let (findings, hidden): (Vec<_>, Vec<_>) =
            outcome.findings.iter().partition(|finding| self.shows(finding));
        Report {
            sources: &outcome.sources,
            findings,
            hidden: hidden.len(),
            known: outcome.known.len(),
            files: outcome.workspace.files.iter().filter(|file| file.asked).count(),
            unreadable: &outcome.workspace.unreadable,
            repaired,
        }
    }

    fn status(&self, report: &Report<'_>) -> Status {
        if !report.unreadable.is_empty() {
            Status::Failed
        } else if report.findings.iter().any(|finding| finding.severity >= self.fail_on) {
            Status::Findings
        } else {
            Status::Clean
        }
    }

    /// A program that reads the JSON gets a document, also when nothing could be linted.
    fn report_failure(&self, stop: &Stop) {
        let (paths, reason) = match stop {
            Stop::Lint(Failure::NoSuchPath(path)) => {
                (std::slice::from_ref(path), "no such file or directory")
            }
            Stop::Lint(Failure::NothingToLint(paths)) => (paths.as_slice(), "nothing to lint"),
            Stop::Lint(Failure::SeveralMachines(roots)) => (roots.as_slice(), "one of several machines"),
            _ => return,
        };
        if self.args.format == Format::Json {
            let unreadable: Vec<_> = paths.iter().map(|path| (path.clone(), reason.to_owned())).collect();
            let sources = SourceMap::default();
            let report = Report::nothing(&sources, &unreadable);
            // The status is 2 in any case.
            let _ = output(|to| report.print(Format::Json, self.out, to));
        }
    }
}

/// The commands that make the servers of this machine read what was repaired; none for a tree that is of another.
fn reload(repair: &Repair) -> Vec<String> {
    let workspace = &repair.outcome.workspace;
    if workspace.root != Path::new("/") {
        return Vec::new();
    }
    let changed = |file: &&File| repair.files.iter().any(|patched| patched.real == file.real);
    let files = workspace.files.iter().filter(changed);
    report::reload_commands(files.map(|file| (file.dialect, file.real.as_path())))
}

#[cfg(test)]
mod tests;
