//! One run, from paths to findings.

use std::path::PathBuf;

use crate::diagnostic::Diagnostic;
use crate::load::Workspace;
use crate::rule::{Context, Rule, Sink};
use crate::source::SourceMap;
use crate::stack::Stack;
use crate::tree::Dialect;
use crate::version::Targets;
use crate::vfs::Disk;

/// What to lint, and how.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The files and directories asked about.
    pub paths: Vec<PathBuf>,
    /// What absolute paths in the configuration are below; found from `paths` when not given.
    pub root: Option<PathBuf>,
    /// The language of files whose name does not tell.
    pub dialect: Option<Dialect>,
    /// The versions the configuration is for.
    pub targets: Targets,
    /// The rules to run.
    pub rules: Vec<&'static Rule>,
}

/// A run could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// A path that was asked for is not there.
    NoSuchPath(PathBuf),
    /// Nothing at the paths is configuration of a known kind.
    NothingToLint(Vec<PathBuf>),
    /// The paths belong to several machines, whose files have nothing to do with each other.
    SeveralMachines(Vec<PathBuf>),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoSuchPath(path) => write!(f, "{}: no such file or directory", path.display()),
            Self::SeveralMachines(roots) => {
                let roots: Vec<_> = roots.iter().map(|root| root.display().to_string()).collect();
                write!(f, "the paths belong to {} machines; run gwlint once for each: ", roots.len())?;
                f.write_str(&roots.join(", "))
            }
            Self::NothingToLint(paths) => {
                let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
                write!(
                    f,
                    "nothing to lint in {}: no nginx, Apache, PHP-FPM or php.ini configuration found \
                     (name the language of a single file with --dialect)",
                    paths.join(", ")
                )
            }
        }
    }
}

impl std::error::Error for Failure {}

/// What a run found.
#[derive(Debug)]
pub struct Outcome {
    /// The text of all files read.
    pub sources: SourceMap,
    /// The parsed files, and what could not be read.
    pub workspace: Workspace,
    /// The model of the machine.
    pub stack: Stack,
    /// The findings, sorted by place, each once.
    pub findings: Vec<Diagnostic>,
}

/// A request and the files it may see.
#[derive(Debug, Clone)]
pub struct Session {
    /// What to lint, and how.
    pub request: Request,
    /// The files it may see.
    pub disk: Disk,
}

impl Session {
    /// Reads, understands and checks.
    ///
    /// # Errors
    /// A [`Failure`] when there is nothing that could be checked. Files that exist but could not be
    /// read are in [`Workspace::unreadable`].
    pub fn lint(&self) -> Result<Outcome, Failure> {
        let (sources, workspace) = crate::load::load(&self.request, &self.disk)?;
        let stack = Stack::build(&workspace, &self.request.targets);
        let mut findings = Vec::new();
        let context = Context { sources: &sources, files: &workspace, stack: &stack, disk: &self.disk };
        for &rule in &self.request.rules {
            (rule.check)(&context, &mut Sink::new(rule, &mut findings));
        }
        crate::suppress::settle(&sources, &workspace, &mut findings);
        Ok(Outcome { sources, workspace, stack, findings })
    }
}
