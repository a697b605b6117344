//! `fpm/reload-kills-requests`: a reload of PHP-FPM does not wait for the requests that are being answered.

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::Fpm;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/reload-kills-requests",
    severity: Severity::Hint,
    summary: "a reload of PHP-FPM ends the requests that are being answered",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/fpm/reload-kills-requests.md"),
    check,
};

const KEY: &str = "process_control_timeout";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in context.stack.fpm.iter().filter(|fpm| fpm.whole && !fpm.pools.is_empty()) {
        sink.report_some(finding(context, fpm));
    }
}

fn finding(context: &Context<'_>, fpm: &Fpm) -> Option<Diagnostic> {
    let global = fpm.global.as_ref()?;
    let set = global.said(KEY);
    if set.is_some() && global.seconds(KEY) != Some(0) {
        return None;
    }
    let message = "`systemctl reload` of PHP-FPM does not wait for its children: requests that are being answered end in 502";
    let node = context.files.node(global.at);
    let line = format!("{KEY} = 10s");
    let edit = match set {
        Some(entry) => Some(edits::restate(context.files.node(entry.at), "10s")),
        None => node.body().and_then(|_| edits::insert_first_in_block(node, &line)),
    };
    let span = set.map_or(global.name_span, |entry| entry.span);
    Some(
        Diagnostic::new(span, message, format!("no {KEY}"))
            .note("nginx logs: recv() failed (104: Connection reset by peer) while reading response header from upstream")
            .help(format!("write `{line}` in [global]"))
            .fix(edit.map(|edit| Fix::risky("wait 10s for them", vec![edit]))),
    )
}
