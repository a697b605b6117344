//! `body/limit-request-body`: Apache cuts off requests that the PHP it runs itself was set up to take.

use super::{POST, Size};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Entry, Runner, Sort};
use crate::stack::nginx::ScopeId;
use crate::value::{self, bytes_text};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "body/limit-request-body",
    severity: Severity::Warning,
    summary: "LimitRequestBody is below what the PHP that Apache runs itself was set up to take",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/body/limit-request-body.md"),
    check,
};

const DIRECTIVE: &str = "limitrequestbody";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let by_sites = context.stack.apache.iter().filter(|apache| apache.is_htaccess());
    if by_sites.into_iter().any(|apache| apache.everywhere(DIRECTIVE).next().is_some()) {
        return;
    }
    for apache in &context.stack.apache {
        if apache.everywhere(DIRECTIVE).next().is_none() {
            continue;
        }
        for runner in context.stack.runners(context.files, context.disk, apache) {
            let own = apache.vhost_of(runner.scope);
            for host in apache.vhosts().filter(|_| own == ScopeId(0)).chain([own]) {
                let scope = if host == own { runner.scope } else { host };
                let Some((size, found)) = finding(context, apache, &runner, host, scope) else { continue };
                let severity = if size.is_chosen(POST.1) { Severity::Warning } else { Severity::Hint };
                sink.report_once_as(severity, found);
            }
        }
    }
}

fn finding(
    context: &Context<'_>,
    apache: &Apache,
    runner: &Runner<'_>,
    host: ScopeId,
    scope: ScopeId,
) -> Option<(Size, Diagnostic)> {
    let entry: &Entry = apache.merged(scope, DIRECTIVE).entry()?;
    let arg = entry.args.first().filter(|arg| !arg.is_unresolved())?;
    let limit = u64::try_from(value::apache_strict(&arg.value).ok()?).ok().filter(|&limit| limit > 0)?;
    let size = Size::read(POST.0, &runner.setting(context.files, apache, host, POST.0, POST.1))?;
    if limit >= size.bytes {
        return None;
    }
    let (least, most) = (bytes_text(limit), bytes_text(size.bytes));
    let outcome = match runner.sort {
        Sort::Module => "an upload in between answers 413",
        // mod_fcgid does not look whether it could read the request.
        Sort::Fcgid => "of an upload in between PHP gets nothing, and the visitor sees 200",
    };
    let message = format!("Apache takes requests of {least} and PHP of {most}: {outcome}");
    let mut found =
        Diagnostic::new(entry.span(context.files), message, format!("no more than {limit} bytes"));
    if let Some(span) = size.span {
        found = found.label(span, size.words());
    }
    let fix = arg.plain.map(|span| {
        Fix::risky(format!("let Apache take {most}"), vec![Edit::replace(span, size.bytes.to_string())])
    });
    let found = found
        .note(format!(
            "only `LogLevel info` logs: AH01588: Requested content-length of … is larger than the configured limit of {limit}"
        ))
        .help(format!("write `LimitRequestBody {}`: it takes bytes, and no unit", size.bytes))
        .fix(fix);
    Some((size, found))
}
