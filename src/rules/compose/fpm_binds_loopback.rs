//! `compose/fpm-binds-loopback`: a pool in a container listens for itself alone, and another container calls it.

use super::super::target::log_line;
use super::{Call, calls};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::compose::ContainerId;
use crate::stack::endpoint::Endpoint;
use crate::stack::fpm::{Entry, Pool};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "compose/fpm-binds-loopback",
    severity: Severity::Error,
    summary: "a pool in a container listens for itself alone, and another container calls it",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/compose/fpm-binds-loopback.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let compose = &context.stack.compose;
    let calls = calls(context);
    for (_, pool) in context.stack.pools() {
        let Some(entry) = pool.get("listen").filter(|_| !is_overridden(context, pool)) else { continue };
        let Some(Endpoint::Tcp { port, .. }) = pool.listen.as_ref().filter(|at| at.is_loopback()) else {
            continue;
        };
        let Some(home) = compose.home(entry.at.file) else { continue };
        let caller = calls
            .iter()
            .find(|call| call.port == *port && compose.called(call.from, call.host) == Some(home));
        if let Some(call) = caller.filter(|call| call.from != home) {
            sink.report(finding(context, call, home, pool, entry, *port));
        }
    }
}

/// The image of PHP brings a `zz-docker.conf` that sets the listen of `[www]` after the files before it.
fn is_overridden(context: &Context<'_>, pool: &Pool) -> bool {
    let Some(entry) = pool.get("listen") else { return false };
    let compose = &context.stack.compose;
    let Some((home, path)) = compose.home(entry.at.file).zip(compose.path_at_home(entry.at.file)) else {
        return true;
    };
    let file = path.rsplit('/').next().unwrap_or(path);
    let has_file = !compose.image(home).is_some_and(|(name, tag)| name != "php" && !tag.contains("fpm"));
    // A directory mounted over that of the image hides what it holds.
    let hidden = compose.containers[home].mounts.iter().any(|mount| mount.target.ends_with("/php-fpm.d"));
    has_file && !hidden && pool.name == "www" && file < "zz-docker.conf"
}

fn finding(
    context: &Context<'_>,
    call: &Call<'_>,
    home: ContainerId,
    pool: &Pool,
    entry: &Entry,
    port: u16,
) -> Diagnostic {
    let compose = &context.stack.compose;
    let (name, from) = (&compose.containers[home].name, &compose.containers[call.from].name);
    let status = call.hop.gateway.unreachable_status();
    let message = format!(
        "pool [{}] listens on {} for the container of `{name}` alone, and `{from}` calls it: every request answers {status}",
        pool.name, entry.value
    );
    let edit = entry.value_span.map(|span| Edit::replace(span, port.to_string()));
    Diagnostic::new(entry.span, message, "only reached from inside the container")
        .label(call.leg.span, "called from another container")
        .note(log_line(call.hop, call.leg))
        .help(format!("write `listen = {port}`"))
        .fix(edit.map(|edit| Fix::risky(format!("listen on port {port} of all addresses"), vec![edit])))
}
