//! `fpm/no-pool`: no pool is defined anywhere.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::fpm::Fpm;
use crate::vfs::Kind;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/no-pool",
    severity: Severity::Error,
    summary: "no pool is defined, with which PHP-FPM does not start",
    fixable: Fixable::No,
    card: include_str!("../../../rules/fpm/no-pool.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in context.stack.fpm.iter().filter(|fpm| fpm.whole && fpm.pools.is_empty()) {
        sink.report_some(finding(context, fpm));
    }
}

/// `None` where a pool may stand in what an include does not find in sight.
fn finding(context: &Context<'_>, fpm: &Fpm) -> Option<Diagnostic> {
    let files = fpm.files(context.files);
    let trees = files.iter().map(|&file| context.files.tree(file));
    if trees.clone().any(|tree| !tree.errors.is_empty()) {
        return None;
    }
    let includes =
        trees.flat_map(|tree| tree.all().filter_map(|node| context.files.includes.get(&node.at())));
    let mut last = None;
    for inclusion in includes {
        let dir = inclusion.pattern.parent().unwrap_or(Path::new("/"));
        let in_sight = context.disk.kind(dir) == Some(Kind::Directory);
        if !in_sight {
            return None;
        }
        last = Some((inclusion.word, inclusion.files.is_empty()));
    }
    let (span, label) = match last {
        Some((word, true)) => (word, "matches no file"),
        Some((word, false)) => (word, "no file of these begins a pool"),
        None => (first_line(context, fpm)?, "neither a pool nor an `include`"),
    };
    let message = "no pool is defined anywhere: PHP-FPM does not start";
    let logs = "No pool defined. at least one pool section must be specified in config file";
    Some(
        Diagnostic::new(span, message, label)
            .note(format!("FPM logs: ERROR: {logs}"))
            .help("begin a pool with a line `[www]`, or include the files that do"),
    )
}

/// The first line that says something.
fn first_line(context: &Context<'_>, fpm: &Fpm) -> Option<Span> {
    Some(context.files.tree(fpm.file).top().next()?.head())
}
