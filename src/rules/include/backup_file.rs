//! `include/backup-file`: a pattern takes in what an editor or a package left behind.

use std::path::{Path, PathBuf};

use super::{dialect, server};
use crate::diagnostic::{Diagnostic, Severity};
use crate::include::Inclusion;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::Dialect;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "include/backup-file",
    severity: Severity::Warning,
    summary: "a pattern takes in an old copy of a file, which is in force like the others",
    fixable: Fixable::No,
    card: include_str!("../../../rules/include/backup-file.md"),
    check,
};

/// How copies end that nobody means to be read, `~` apart.
const ENDINGS: &[&str] = &[
    "bak",
    "backup",
    "disabled",
    "dpkg-dist",
    "dpkg-new",
    "dpkg-old",
    "off",
    "old",
    "orig",
    "rej",
    "rpmnew",
    "rpmorig",
    "rpmsave",
    "save",
    "swp",
    "tmp",
    "ucf-dist",
    "ucf-old",
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut all: Vec<_> = context.files.includes.values().collect();
    all.sort_by_key(|inclusion| inclusion.at);
    for inclusion in all {
        for path in inclusion.files.iter().map(|&file| &context.files.file(file).path) {
            // What is named itself is meant; a pattern, and a directory of Apache, take in what is there.
            if is_left_over(path) && *path != inclusion.pattern && !is_wanted(inclusion) {
                sink.report(finding(context, inclusion, path));
            }
        }
    }
}

fn is_left_over(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    name.ends_with('~') || ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Whether the pattern itself ends so: then they are meant.
fn is_wanted(inclusion: &Inclusion) -> bool {
    is_left_over(&inclusion.pattern)
}

fn finding(context: &Context<'_>, inclusion: &Inclusion, path: &Path) -> Diagnostic {
    let shown = context.files.shown(path).display();
    let server = server(context.files, inclusion);
    let message = format!("{server} reads {shown} as well: what stands in this copy is in force");
    let original = original(path)
        .filter(|original| inclusion.files.iter().any(|&file| context.files.file(file).path == *original));
    let help = match original {
        Some(original) => {
            format!("move it to another directory: {} is read, too", context.files.shown(&original).display())
        }
        None => "move it to another directory".to_owned(),
    };
    let found = Diagnostic::new(inclusion.word, message, "takes in whatever is there").help(help);
    if dialect(context.files, inclusion) == Dialect::Nginx {
        return found.note(
            "nginx logs, where both have the same name: conflicting server name \"…\" on 0.0.0.0:80, ignored",
        );
    }
    found
}

/// The file of which it is a copy, by its name.
fn original(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let plain = name.strip_suffix('~').or_else(|| name.rsplit_once('.').map(|(plain, _)| plain))?;
    Some(path.with_file_name(plain))
}
