//! `include/missing-file`: a file that is included is not there.

use super::{faults, server};
use crate::diagnostic::{Diagnostic, Severity};
use crate::include::{IncludeFault, Inclusion};
use crate::rule::{Context, Fixable, Rule, Sink};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "include/missing-file",
    severity: Severity::Error,
    summary: "a file that is included is not there",
    fixable: Fixable::No,
    card: include_str!("../../../rules/include/missing-file.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (inclusion, fault) in faults(context) {
        if *fault == IncludeFault::Missing {
            sink.report(finding(context, inclusion));
        }
    }
}

fn finding(context: &Context<'_>, inclusion: &Inclusion) -> Diagnostic {
    let path = inclusion.pattern.display();
    let server = server(context.files, inclusion);
    let message = format!("{path} is not there: {server} does not start");
    let similar = similar_file(context, inclusion);
    let help = match &similar {
        Some(name) => format!("include {name}, or put the file in its place"),
        None => "put the file in its place, or take the line out".to_owned(),
    };
    Diagnostic::new(inclusion.word, message, "included here")
        .note(format!("{server} says: open() \"{path}\" failed (2: No such file or directory)"))
        .help(help)
}

/// A file that was read and has nearly this name.
fn similar_file(context: &Context<'_>, inclusion: &Inclusion) -> Option<String> {
    let wanted = inclusion.pattern.display().to_string();
    let names = context.files.files.iter().map(|file| file.path.display().to_string());
    let close = names.map(|name| (strsim::damerau_levenshtein(&wanted, &name), name));
    close.filter(|&(distance, _)| distance <= 3).min().map(|(_, name)| name)
}
