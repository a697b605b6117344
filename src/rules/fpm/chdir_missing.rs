//! `fpm/chdir-missing`: `chdir` or `chroot` of a pool names no directory.

use std::path::{Path, PathBuf};

use super::outage;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::{Entry, Fpm, Pool};
use crate::vfs::Kind;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/chdir-missing",
    severity: Severity::Error,
    summary: "chdir or chroot of a pool names no directory, with which PHP-FPM does not start",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/fpm/chdir-missing.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in context.stack.fpm.iter().filter(|fpm| fpm.whole) {
        for pool in &fpm.pools {
            // Within a chroot the path begins elsewhere.
            let chdir = pool.said("chdir").filter(|_| pool.said("chroot").is_none());
            if let Some(entry) = chdir.filter(|entry| is_missing(context, &entry.value)) {
                sink.report(finding(context, fpm, pool, entry));
            }
            if let Some(entry) = pool.said("chroot").filter(|entry| is_missing(context, &entry.value)) {
                let help = "make the directory with all that PHP needs, or take the line out";
                sink.report(said(context, fpm, pool, entry).help(help));
            }
        }
    }
}

/// Whether there is certainly no such directory: on the machine itself, or in a tree that holds
/// the directory it should be in.
fn is_missing(context: &Context<'_>, text: &str) -> bool {
    let path = Path::new(text);
    let root = &context.files.root;
    if !path.is_absolute() || text.contains('$') || !context.files.rooted {
        return false;
    }
    let real = below_root(root, path);
    let machine = root == Path::new("/") || path.starts_with(root);
    let beside = real.parent().is_some_and(|dir| context.disk.kind(dir) == Some(Kind::Directory));
    machine && beside && context.disk.kind(&real) != Some(Kind::Directory)
}

fn below_root(root: &Path, path: &Path) -> PathBuf {
    if path.starts_with(root) {
        path.to_path_buf()
    } else {
        root.join(path.strip_prefix("/").unwrap_or(path))
    }
}

fn said(context: &Context<'_>, fpm: &Fpm, pool: &Pool, entry: &Entry) -> Diagnostic {
    let message = format!("{} is no directory: {}", entry.value, outage(context, fpm));
    Diagnostic::new(entry.span, message, "no such directory").note(format!(
        "FPM logs: ERROR: [pool {}] the {} path '{}' does not exist or is not a directory",
        pool.name, entry.key, entry.value
    ))
}

fn finding(context: &Context<'_>, fpm: &Fpm, pool: &Pool, entry: &Entry) -> Diagnostic {
    let diagnostic = said(context, fpm, pool, entry);
    match site_root(context, pool) {
        Some(dir) => {
            let edit = edits::restate(context.files.node(entry.at), &dir);
            let fix = Fix::risky(format!("begin in {dir}, where the site is"), vec![edit]);
            diagnostic
                .help(format!("write `chdir = {dir}`, where the site is, or make the directory"))
                .fix(fix)
        }
        None => diagnostic.help("make the directory, or name one that is there"),
    }
}

/// The one `root` of the nginx locations that call the pool, if it is there.
fn site_root(context: &Context<'_>, pool: &Pool) -> Option<String> {
    let callers = context.stack.callers(context.files, pool);
    let roots = callers.iter().filter_map(|caller| {
        let nginx = context.stack.nginx_of(caller.hop)?;
        Some(nginx.text(context.files, caller.hop.scope, "root")?.value)
    });
    let mut roots: Vec<String> = roots.collect();
    roots.sort();
    roots.dedup();
    let [root] = roots.as_slice() else { return None };
    let there = context.disk.kind(&below_root(&context.files.root, Path::new(root))) == Some(Kind::Directory);
    (there && root.starts_with('/')).then(|| root.clone())
}
