//! `php/file-missing`: PHP is to run a file before every script, and it is not there.

use std::path::Path;

use super::site::below_root;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::php::PhpSetting;
use crate::vfs::Kind;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "php/file-missing",
    severity: Severity::Error,
    summary: "a file that PHP is to run before every script is not there",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/php/file-missing.md"),
    check,
};

/// A setting that names a file.
struct Wanted {
    key: &'static str,
    severity: Severity,
    fails: &'static str,
}

const WANTED: [Wanted; 3] = [
    Wanted {
        key: "auto_prepend_file",
        severity: Severity::Error,
        fails: "every request dies before its script begins and answers 500",
    },
    Wanted {
        key: "auto_append_file",
        severity: Severity::Warning,
        fails: "every request ends in a fatal error when its script is done",
    },
    Wanted {
        key: "opcache.preload",
        severity: Severity::Error,
        fails: "PHP-FPM does not start, and every request answers 502",
    },
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for wanted in &WANTED {
        for (fpm, pool) in context.stack.pools().filter(|(_, pool)| pool.said("chroot").is_none()) {
            let setting = context.stack.php_setting(context.files, None, fpm, pool, wanted.key, "");
            let Some((setting, span)) = setting.and_then(|setting| Some((setting.clone(), setting.span?)))
            else {
                continue;
            };
            if is_missing(context, &setting.value) {
                sink.report_once_as(wanted.severity, finding(context, wanted, &setting, span));
            }
        }
    }
}

/// Whether there is certainly no such file: on the machine itself, or in a tree that holds a directory it should be
/// in. A relative name is looked for in `include_path`.
fn is_missing(context: &Context<'_>, text: &str) -> bool {
    let root = &context.files.root;
    let plain = text.starts_with('/') && !text.contains(['$', '%', '{', '<', '@']) && context.files.rooted;
    if !plain || !(root == Path::new("/") || Path::new(text).starts_with(root)) {
        return false;
    }
    let real = below_root(context, text);
    let above = real.ancestors().skip(1).take_while(|dir| *dir != root.as_path());
    let in_sight = above.into_iter().any(|dir| context.disk.kind(dir) == Some(Kind::Directory));
    in_sight && context.disk.kind(&real).is_none()
}

fn finding(context: &Context<'_>, wanted: &Wanted, setting: &PhpSetting, span: Span) -> Diagnostic {
    let (Wanted { key, fails, .. }, file) = (wanted, &setting.value);
    let message = format!("{file} is not there: {fails}");
    let node = context.files.tree(context.sources.file_id(span)).all().find(|node| node.head() == span);
    let fix = node.map(|node| Fix::risky(format!("do without {file}"), vec![edits::remove_node(node)]));
    Diagnostic::new(span, message, "no such file")
        .note(format!("PHP logs: PHP Fatal error:  Failed opening required '{file}'"))
        .help(format!("put the file in its place, or take `{key}` out"))
        .fix(fix)
}
