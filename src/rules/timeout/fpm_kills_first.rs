//! `timeout/fpm-kills-first`: FPM ends a request before PHP's own limit does.

use super::{Limit, MARGIN};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::{Fpm, Pool};
use crate::stack::hop::Gateway;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "timeout/fpm-kills-first",
    severity: Severity::Warning,
    summary: "FPM ends a request before PHP's own limit does",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/timeout/fpm-kills-first.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (fpm, pool) in context.stack.pools() {
        if let Some(found) = finding(context, fpm, pool) {
            sink.report(found);
        }
    }
}

fn finding(context: &Context<'_>, fpm: &Fpm, pool: &Pool) -> Option<Diagnostic> {
    let kill = Limit::of_fpm(pool).filter(|limit| limit.seconds > 0)?;
    let php = Limit::of_php(context, None, fpm, pool)?;
    if kill.seconds > php.seconds {
        return None;
    }
    let entry = pool.get(super::TERMINATE)?;
    let message = format!(
        "FPM kills a request of pool [{}] after {} s, before PHP's own limit of {} s can end it cleanly: the visitor gets {}",
        pool.name,
        kill.seconds,
        php.seconds,
        statuses(context, pool)
    );
    let needed = php.seconds + MARGIN;
    let unit = if entry.value.ends_with(|c: char| c.is_ascii_digit()) { "" } else { "s" };
    let text = format!("{needed}{unit}");
    let mut found = Diagnostic::new(entry.span, message, format!("FPM kills after {} s", kill.seconds))
        .note(format!(
            "FPM logs: [pool {}] child …, script '…' execution timed out (… sec), terminating",
            pool.name
        ))
        .help(format!("write `{} = {text}`, or lower max_execution_time", super::TERMINATE));
    if let Some(span) = php.span {
        found = found.label(span, format!("PHP's own limit: {}", php.words()));
    }
    let edit = entry.value_span.map(|span| Edit::replace(span, super::quoted_like(context, span, &text)));
    Some(found.fix(edit.map(|edit| Fix::risky(format!("let FPM wait {needed} s"), vec![edit]))))
}

/// What the gateway in front of the pool makes of a connection that breaks off.
fn statuses(context: &Context<'_>, pool: &Pool) -> &'static str {
    let calls = context.stack.hops.iter().filter(|hop| {
        let mut pools = hop.legs.iter().filter_map(|leg| context.stack.pool_at(leg));
        pools.any(|(_, other)| std::ptr::eq(other, pool))
    });
    let gateways: Vec<bool> = calls.map(|hop| matches!(hop.gateway, Gateway::Nginx(_))).collect();
    match (gateways.contains(&true), gateways.contains(&false)) {
        (true, false) => "502",
        (false, true) => "503",
        _ => "502 from nginx, 503 from Apache",
    }
}
