//! `include/directory`: a pattern of an nginx include matches a directory.

use super::{dialect, faults, paths};
use crate::diagnostic::{Diagnostic, Severity};
use crate::include::IncludeFault;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::Dialect;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "include/directory",
    severity: Severity::Error,
    summary: "a pattern of an nginx include matches a directory",
    fixable: Fixable::No,
    card: include_str!("../../../rules/include/directory.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (inclusion, fault) in faults(context) {
        let IncludeFault::Directory(path) = fault else { continue };
        if dialect(context.files, inclusion) != Dialect::Nginx {
            continue;
        }
        let (path, logged) = paths(context, path);
        let message = format!("the include takes in the directory {path}: nginx does not start");
        let diagnostic = Diagnostic::new(inclusion.word, message, "matches a directory")
            .note(format!("nginx says: pread() \"{logged}\" failed (21: Is a directory)"))
            .help("narrow the pattern to files, such as `*.conf`, or move the directory away");
        sink.report(diagnostic);
    }
}
