//! `include/dangling-link`: a link among the included files leads nowhere.

use std::path::Path;

use super::{dialect, faults, paths};
use crate::diagnostic::{Diagnostic, Severity};
use crate::include::{IncludeFault, Inclusion};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::Dialect;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "include/dangling-link",
    severity: Severity::Error,
    summary: "a link among the included files leads nowhere",
    fixable: Fixable::No,
    card: include_str!("../../../rules/include/dangling-link.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (inclusion, fault) in faults(context) {
        let IncludeFault::Dangling(path) = fault else { continue };
        match dialect(context.files, inclusion) {
            Dialect::Nginx => sink.report(stops_nginx(context, inclusion, path)),
            Dialect::Apache => sink.report_as(Severity::Warning, loses_site(context, inclusion, path)),
            Dialect::Fpm | Dialect::Php | Dialect::Service => {}
        }
    }
}

fn stops_nginx(context: &Context<'_>, inclusion: &Inclusion, path: &Path) -> Diagnostic {
    let (path, logged) = paths(context, path);
    let message = format!("the link {path} leads to a file that is not there: nginx does not start");
    Diagnostic::new(inclusion.word, message, "takes the link in")
        .note(format!("nginx says: open() \"{logged}\" failed (2: No such file or directory)"))
        .help(format!("remove the link with `rm {path}`, or put the file back"))
}

fn loses_site(context: &Context<'_>, inclusion: &Inclusion, path: &Path) -> Diagnostic {
    let (path, _) = paths(context, path);
    let message =
        format!("the link {path} leads to a file that is not there: Apache passes over it without a word");
    Diagnostic::new(inclusion.word, message, "takes the link in")
        .note("the site is gone: its requests are answered by the first virtual host of the port")
        .help(format!("remove the link with `rm {path}`, or put the file back"))
}
