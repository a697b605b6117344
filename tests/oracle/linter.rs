//! What gwlint says about a configuration.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use gwlint::diagnostic::Severity;
use gwlint::rule::Rule;
use gwlint::rules::ALL;
use gwlint::session::{Outcome, Request, Session};
use gwlint::tree::Dialect;
use gwlint::vfs::Disk;

use crate::base::Base;
use crate::server::Server;

/// The families about what a server's language allows.
const FAMILIES: [&str; 8] = ["syntax", "nginx", "apache", "php", "fpm", "value", "version", "buffer"];

/// Rules of other families about texts a server does not start with.
const REFUSALS: [&str; 4] = [
    "target/bad-pass-syntax",
    "target/pass-without-port",
    "target/upstream-with-port",
    "target/unix-uri-without-colon",
];

/// What PHP complains of in a php.ini; of a pool it reads it with the first request.
const COMPLAINTS: [&str; 1] = ["body/php-size-suffix"];

/// Rules of those families that are about something else: about files that are not there, and about
/// requests that always fail although the server starts.
const OTHERS: [&str; 2] = ["nginx/missing-certificate", "apache/limit-suffix"];

/// A finding.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    /// Its one name, links resolved.
    pub(crate) path: PathBuf,
    pub(crate) line: usize,
    pub(crate) severity: Severity,
    pub(crate) rule: &'static str,
    pub(crate) message: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { path, line, severity, rule, message } = self;
        write!(f, "{}:{line}: {}[{rule}] {message}", path.display(), severity.word())
    }
}

/// What is said of a base.
pub(crate) fn lint(base: &Base) -> Result<Vec<Finding>, String> {
    // Of a directory all that the main file brings in is asked about.
    let path = if base.server == Server::Php { base.main.clone() } else { base.home() };
    lint_paths(base.disk(), vec![path], base.server)
}

/// What the language rules say of these files, hints left out.
pub(crate) fn lint_paths(disk: Disk, paths: Vec<PathBuf>, server: Server) -> Result<Vec<Finding>, String> {
    let rules = ALL.iter().copied().filter(|rule| counts(rule, server)).collect();
    let outcome = run(disk, paths, server.dialect(), rules)?;
    let loud = outcome.findings.iter().filter(|finding| finding.severity > Severity::Hint);
    Ok(loud
        .map(|finding| {
            let id = outcome.sources.file_id(finding.span());
            let file = outcome.sources.file(id);
            Finding {
                path: outcome.workspace.file(id).real.clone(),
                line: file.place(finding.span().lo).line as usize,
                severity: finding.severity,
                rule: finding.rule,
                message: finding.message.clone(),
            }
        })
        .collect())
}

/// The files gwlint reads, beginning with the main file.
pub(crate) fn reached(base: &Base) -> Vec<PathBuf> {
    let dialect = base.server.dialect();
    let outcome = run(base.disk(), vec![base.main.clone()], dialect, Vec::new());
    let files = outcome.map(|outcome| outcome.workspace.files).unwrap_or_default();
    files.into_iter().filter(|file| file.dialect == dialect).map(|file| file.real).collect()
}

fn counts(rule: &Rule, server: Server) -> bool {
    let named = REFUSALS.contains(&rule.name) || server == Server::Php && COMPLAINTS.contains(&rule.name);
    (FAMILIES.contains(&rule.family()) || named) && !OTHERS.contains(&rule.name)
}

fn run(
    disk: Disk,
    paths: Vec<PathBuf>,
    dialect: Dialect,
    rules: Vec<&'static Rule>,
) -> Result<Outcome, String> {
    let request = Request { paths, rules, dialect: Some(dialect), ..Request::default() };
    let session = Session { request, disk };
    let outcome = catch_unwind(AssertUnwindSafe(|| session.lint()));
    outcome.map_err(|_| "gwlint panicked".to_owned())?.map_err(|failure| failure.to_string())
}
