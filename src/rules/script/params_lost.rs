//! `script/params-lost`: a location sets a parameter of its own and so loses all those of the server.

use super::{INCLUDE, Params, entry, has_params_file, is_php};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Hop;
use crate::stack::nginx::Nginx;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "script/params-lost",
    severity: Severity::Error,
    summary: "a location sets a parameter of its own and so loses all those set around it",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/script/params-lost.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        if !is_php(context, hop) {
            continue;
        }
        let Some(params) = Params::read(context, nginx, hop.scope) else { continue };
        if params.names_script() && params.has_method() {
            continue;
        }
        let found = match params.hidden(context, nginx) {
            Some(hidden) => lost(context, nginx, hop, &params, &hidden),
            None if params.names_script() => alone(context, nginx, hop, &params),
            None => None,
        };
        sink.report_once(found);
    }
}

/// What PHP makes of what is left.
fn answer(params: &Params<'_>) -> (&'static str, &'static str) {
    if params.has_method() {
        let log = "nginx logs: FastCGI sent in stderr: \"Primary script unknown\" while reading response header from \
                   upstream";
        ("404 \"File not found.\"", log)
    } else {
        ("200 with an empty page", "nothing is logged: PHP-FPM takes a request without a method for none")
    }
}

fn lost(
    context: &Context<'_>,
    nginx: &Nginx,
    hop: &Hop,
    params: &Params<'_>,
    hidden: &Params<'_>,
) -> Option<Diagnostic> {
    let (scope, outer) = (params.scope?, hidden.scope?);
    let first = entry(context, nginx, scope, *params.nodes.first()?)?;
    let source = entry(context, nginx, outer, *hidden.nodes.first()?)?;
    let (answer, log) = answer(params);
    let around = nginx.scope(outer).at.map_or("file", |at| context.files.node(at).name());
    let message = format!(
        "a `fastcgi_param` here takes away all those of the `{around}` around it, SCRIPT_FILENAME too: every request \
         answers {answer}"
    );
    let set_here = |name: &str| params.find(name).is_some();
    let lines = hidden.again(context, nginx, set_here);
    let edits = lines.iter().map(|line| edits::insert_line_before(first, line)).collect();
    Some(
        Diagnostic::new(first.head(), message, "replaces the whole list")
            .label(source.head(), "these are not sent")
            .label(hop.span, "PHP is called from here")
            .note(log)
            .help(format!(
                "repeat {} here",
                lines.iter().map(|line| format!("`{line}`")).collect::<Vec<_>>().join(" ")
            ))
            .fix(Fix::safe("send the parameters from here too", edits)),
    )
}

/// Parameters were never lost, there is only the one.
fn alone(context: &Context<'_>, nginx: &Nginx, hop: &Hop, params: &Params<'_>) -> Option<Diagnostic> {
    let place = entry(context, nginx, params.scope?, params.find("SCRIPT_FILENAME")?)?;
    let (answer, log) = answer(params);
    let message =
        format!("PHP is not told the method of the request (REQUEST_METHOD): every request answers {answer}");
    let edits = has_params_file(context).then(|| vec![edits::insert_line_before(place, INCLUDE)]);
    Some(
        Diagnostic::new(hop.span, message, "called without REQUEST_METHOD")
            .label(place.head(), "this is sent")
            .note(log)
            .help(format!("write `{INCLUDE}`"))
            .fix(edits.map(|edits: Vec<Edit>| Fix::safe("send all parameters", edits))),
    )
}
