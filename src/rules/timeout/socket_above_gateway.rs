//! `timeout/socket-above-gateway`: PHP waits for others longer than the gateway waits for PHP.

use super::ladder::seconds;
use super::{quoted_like, read_below_backend};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::{Hop, Protocol};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "timeout/socket-above-gateway",
    severity: Severity::Hint,
    summary: "PHP waits for other services longer than the gateway waits for PHP",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/timeout/socket-above-gateway.md"),
    check,
};

const KEY: &str = "default_socket_timeout";

/// PHP's default, which is nginx's too, and written in most php.ini files.
const DEFAULT: i64 = 60;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (_, hop) in context.stack.nginx_hops().filter(|(_, hop)| hop.protocol == Protocol::Fastcgi) {
        sink.report_once(finding(context, hop));
    }
}

fn finding(context: &Context<'_>, hop: &Hop) -> Option<Diagnostic> {
    let (fpm, pool) = hop.legs.iter().find_map(|leg| context.stack.pool_at(leg))?;
    let patience = context.stack.php_setting(context.files, Some(hop), fpm, pool, KEY, "60")?;
    let own = patience.int().value;
    let wait = read_below_backend::wait(context, hop)?;
    let forever = own < 0;
    let longer = forever || u64::try_from(own).is_ok_and(|own| own.saturating_mul(1000) > wait.millis);
    if !longer || own == DEFAULT || wait.millis < 2000 {
        return None;
    }
    let time = if forever { "for ever".to_owned() } else { format!("{own} s") };
    let message = format!(
        "PHP waits {time} for a service it asks, and nginx {} for PHP: when the service hangs the visitor gets 504, and the script never \
         gets to its own answer",
        wait.words()
    );
    let less = (wait.millis / 2000).clamp(1, 30);
    let edit =
        patience.value_span.map(|value| Edit::replace(value, quoted_like(context, value, &less.to_string())));
    Some(
        Diagnostic::new(patience.span?, message, "for each connection to another service")
            .label(wait.span.unwrap_or(hop.span), format!("nginx gives up after {}", seconds(wait.millis)))
            .note("nginx logs: upstream timed out (110: Connection timed out) while reading response header from upstream")
            .help(format!("write `{KEY} = {less}`; scripts that need more say so themselves"))
            .fix(edit.map(|edit| Fix::risky(format!("wait {less} s"), vec![edit]))),
    )
}
