//! `fpm/no-pool`: no pool is defined anywhere.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::include::Inclusion;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::fpm::Fpm;
use crate::vfs::Kind;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/no-pool",
    severity: Severity::Error,
    summary: "no pool is defined, with which PHP-FPM does not start",
    fixable: Fixable::Unsafe,
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
        last = Some((inclusion, inclusion.files.is_empty()));
    }
    let (span, label) = match last {
        Some((inclusion, true)) => (inclusion.word, "matches no file"),
        Some((inclusion, false)) => (inclusion.word, "no file of these begins a pool"),
        None => (first_line(context, fpm)?, "neither a pool nor an `include`"),
    };
    let message = "no pool is defined anywhere: PHP-FPM does not start";
    let logs = "No pool defined. at least one pool section must be specified in config file";
    Some(
        Diagnostic::new(span, message, label)
            .note(format!("FPM logs: ERROR: {logs}"))
            .help("begin a pool with a line `[www]`, or include the files that do")
            .fix(last.filter(|(_, empty)| *empty).and_then(|(inclusion, _)| rename(context, inclusion))),
    )
}

/// Takes in the files of the directory that packages have in it, where the pattern is for others.
fn rename(context: &Context<'_>, inclusion: &Inclusion) -> Option<Fix> {
    let names = context.disk.list(inclusion.pattern.parent()?).unwrap_or_default();
    names.iter().find(|name| Path::new(name).extension().is_some_and(|end| end == "conf"))?;
    let span = context.files.node(inclusion.at).plain_span(0)?;
    let text = context.sources.text(span);
    let name = text.rsplit_once('/').map_or(0, |(dir, _)| dir.len() + 1) as u32;
    let edit = Edit::replace(Span::new(span.lo + name, span.hi), "*.conf");
    Some(Fix::risky("include the files that end in .conf", vec![edit]))
}

/// The first line that says something.
fn first_line(context: &Context<'_>, fpm: &Fpm) -> Option<Span> {
    Some(context.files.tree(fpm.file).top().next()?.head())
}
