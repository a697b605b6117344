//! One run, from paths to findings.

use std::path::PathBuf;

use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
pub use crate::discover::Failure;
use crate::discover::Question;
use crate::load::Workspace;
use crate::options::Options;
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
    /// What else the user says that no file tells.
    pub options: Options,
    /// The rules to run.
    pub rules: Vec<&'static Rule>,
}

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
    /// Those that were taken out of them because a baseline knows them.
    pub known: Vec<Diagnostic>,
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
        let Request { paths, root, dialect, targets, options, .. } = &self.request;
        let question = Question { paths, root: root.as_deref(), dialect: *dialect };
        let (sources, workspace) = crate::load::load(question, &self.disk)?;
        let stack = Stack::build(&workspace, targets, options);
        let (sources_ref, files) = (&sources, &workspace);
        let context = Context { sources: sources_ref, files, stack: &stack, disk: &self.disk, options };
        let mut findings = self.check(&context);
        crate::suppress::settle(&sources, &workspace, &self.request.rules, &mut findings);
        end_lines(&sources, &mut findings);
        Ok(Outcome { sources, workspace, stack, findings, known: Vec::new() })
    }

    /// Asks all rules, which know nothing of each other.
    fn check(&self, context: &Context<'_>) -> Vec<Diagnostic> {
        let found = self.request.rules.par_iter().with_max_len(1).map(|&rule| {
            let mut findings = Vec::new();
            (rule.check)(context, &mut Sink::new(rule, &mut findings));
            findings
        });
        found.collect::<Vec<_>>().into_iter().flatten().collect()
    }
}

/// Ends the lines that fixes add as the file ends its own. Rules write `\n`.
fn end_lines(sources: &SourceMap, findings: &mut [Diagnostic]) {
    let fixes = findings.iter_mut().filter_map(|finding| finding.fix.as_mut());
    for edit in fixes.flat_map(|fix| &mut fix.edits).filter(|edit| edit.text.contains('\n')) {
        if sources.file_of(edit.span).line_break() == "\r\n" {
            edit.text = edit.text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
    }
}
