//! `script/filename-missing`: PHP is called without the name of a script.

use std::collections::HashSet;

use super::{INCLUDE, Params, entry, filename, has_params_file, is_php};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Hop;
use crate::stack::nginx::Nginx;
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "script/filename-missing",
    severity: Severity::Error,
    summary: "PHP is called without the name of a script",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/script/filename-missing.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for (nginx, hop) in context.stack.nginx_hops() {
        if !is_php(context, hop) || !seen.insert(hop.at) {
            continue;
        }
        let params = Params::read(context, nginx, hop.scope);
        let unnamed =
            params.filter(|params| !params.names_script() && params.hidden(context, nginx).is_none());
        if let Some(params) = unnamed {
            sink.report(finding(context, nginx, hop, &params));
        }
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, hop: &Hop, params: &Params<'_>) -> Diagnostic {
    let line = filename(context, nginx, hop.scope);
    let (answer, log, help) = if params.has_method() {
        let log = "nginx logs: FastCGI sent in stderr: \"Primary script unknown\" while reading response header from \
                   upstream";
        ("404 \"File not found.\"", log, format!("write `{line}`"))
    } else {
        ("200 with an empty page", "nothing is logged", format!("write `{INCLUDE}` and `{line}`"))
    };
    let message = format!(
        "PHP is not told which script to run (SCRIPT_FILENAME is not sent): every request answers {answer}"
    );
    let mut found = Diagnostic::new(hop.span, message, "called without SCRIPT_FILENAME").note(log).help(help);
    if let Some(last) = params.nodes.last() {
        let place = params.scope.and_then(|scope| entry(context, nginx, scope, *last)).unwrap_or(*last);
        found = found.label(place.head(), "the parameters come from here, and it is not among them");
    }
    let edits = edits(context, nginx, hop, params, line);
    found.fix(edits.map(|edits| Fix::safe("send SCRIPT_FILENAME", edits)))
}

/// The line that is missing, below the other parameters: a place further in would hide those.
fn edits(
    context: &Context<'_>,
    nginx: &Nginx,
    hop: &Hop,
    params: &Params<'_>,
    line: &str,
) -> Option<Vec<Edit>> {
    if let (Some(scope), Some(&last)) = (params.scope, params.nodes.last()) {
        if params.has_method() {
            return Some(vec![edits::insert_line_after(entry(context, nginx, scope, last)?, line)]);
        }
        let first = entry(context, nginx, scope, *params.nodes.first()?)?;
        return above(context, first, line);
    }
    above(context, context.files.node(hop.at), line)
}

/// All parameters, where their file is at hand.
fn above(context: &Context<'_>, node: NodeRef<'_>, line: &str) -> Option<Vec<Edit>> {
    let lines = [INCLUDE, line];
    has_params_file(context).then(|| lines.map(|line| edits::insert_line_before(node, line)).to_vec())
}
