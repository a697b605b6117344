//! `body/limit-request-body-unheeded`: Apache has a limit for requests, and none for those it hands on.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::Apache;
use crate::stack::hop::{Hop, Protocol};
use crate::value;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "body/limit-request-body-unheeded",
    severity: Severity::Hint,
    summary: "LimitRequestBody stands where requests are handed on, and Apache does not apply it to those",
    fixable: Fixable::No,
    card: include_str!("../../../rules/body/limit-request-body-unheeded.md"),
    check,
};

const DIRECTIVE: &str = "limitrequestbody";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (apache, hop) in context.stack.apache_hops() {
        // Most say nothing of it.
        if apache.everywhere(DIRECTIVE).next().is_some() {
            sink.report_once(finding(context, apache, hop));
        }
    }
}

fn finding(context: &Context<'_>, apache: &Apache, hop: &Hop) -> Option<Diagnostic> {
    let entry = apache.merged(hop.scope, DIRECTIVE).entry()?;
    let arg = entry.args.first().filter(|arg| !arg.is_unresolved())?;
    let limit = value::apache_strict(&arg.value).ok().filter(|&limit| limit > 0)?;
    let (whom, instead) = match hop.protocol {
        Protocol::Fastcgi => ("PHP", "`php_admin_value[post_max_size]` of the pool"),
        _ => ("the backend", "the limit of the backend"),
    };
    let message = format!(
        "LimitRequestBody {limit} does not hold for requests Apache hands on: {whom} gets all of a larger one"
    );
    Some(
        Diagnostic::new(entry.span(context.files), message, "only for what Apache answers itself")
            .label(hop.span, "handed on here, whatever its size")
            .note("Apache answers no 413 here and logs nothing")
            .help(format!("set {instead}, or `SecRequestBodyLimit {limit}` where ModSecurity is loaded")),
    )
}
