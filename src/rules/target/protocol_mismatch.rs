//! `target/protocol-mismatch`: uwsgi or SCGI on one side, another language on the other.

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits::insert_line_before;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::Protocol::{self, Fastcgi, Http, Https, Scgi, Uwsgi};
use crate::stack::mismatch::Mismatch;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/protocol-mismatch",
    severity: Severity::Error,
    summary: "uwsgi or SCGI is spoken on one side, another language on the other",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/target/protocol-mismatch.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for wrong in Mismatch::find(context.stack, concerns) {
        sink.report(finding(context, &wrong));
    }
}

/// Of the languages of gateways those that differ, unless another rule says it better.
fn concerns(from: Protocol, to: Protocol) -> bool {
    let known = |protocol| matches!(protocol, Http | Https | Fastcgi | Uwsgi | Scgi);
    let rare = |protocol| matches!(protocol, Uwsgi | Scgi);
    known(from) && known(to) && from != to && (rare(from) || rare(to))
}

fn finding(context: &Context<'_>, wrong: &Mismatch<'_>) -> Diagnostic {
    let (status, log) = wrong.answer();
    let (target, who) = (&wrong.leg.shown, wrong.who(context.stack));
    let (from, to) = (name(wrong.hop.protocol), name(wrong.spoken));
    let message = format!(
        "{from} is spoken to {target}, where {who} speaks {to}: {} answers {status}",
        wrong.requests()
    );
    let found = Diagnostic::new(wrong.span(context.files), message, format!("speaks {from}"))
        .label(wrong.listener.span, format!("{who} listens here"))
        .note(log);
    let Some(nginx) = context.stack.nginx_of(wrong.hop) else {
        return found
            .help(format!("write `{}://…`, or name a port where {from} is spoken", scheme(wrong.spoken)));
    };
    let prefix = wrong.spoken.nginx_prefix();
    let (pass, params) = (format!("{prefix}_pass"), format!("{prefix}_params"));
    let given = nginx.list(context.files, wrong.hop.scope, &format!("{prefix}_param")).is_some();
    let mut edits = wrong.pass_edits(nginx, context.files, &pass);
    // Without its parameters a request of uwsgi, SCGI or FastCGI is empty.
    if !matches!(wrong.spoken, Http | Https) && !given {
        edits = edits.filter(|_| context.files.stands_beside_main(&params)).map(|mut edits| {
            let node = context.files.node(wrong.hop.at);
            edits.push(insert_line_before(node, &format!("include {params};")));
            edits
        });
    }
    found
        .help(format!("write `{pass}`, or name a port where {from} is spoken"))
        .fix(edits.map(|edits| Fix::risky(format!("speak {to}"), edits)))
}

fn name(protocol: Protocol) -> &'static str {
    match protocol {
        Http => "HTTP",
        Https => "HTTPS",
        Fastcgi => "FastCGI",
        Scgi => "SCGI",
        other => other.word(),
    }
}

fn scheme(protocol: Protocol) -> &'static str {
    if protocol == Fastcgi { "fcgi" } else { protocol.word() }
}
