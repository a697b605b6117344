//! `compose/no-shared-network`: a gateway calls a service it shares no network with.

use super::{Call, calls};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::compose::ContainerId;
use crate::stack::hop::Gateway;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "compose/no-shared-network",
    severity: Severity::Error,
    summary: "a gateway calls a service it shares no network with",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/compose/no-shared-network.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let compose = &context.stack.compose;
    for call in calls(context) {
        let Some(target) = call.target(compose) else { continue };
        let known = [call.from, target].map(|id| &compose.containers[id]);
        let linked = known[0].hosts.iter().any(|host| host.eq_ignore_ascii_case(call.host));
        let sure = known.iter().all(|at| !at.open && at.has_own_network()) && !linked;
        if sure && !compose.share_network(call.from, target) {
            sink.report(finding(context, &call, target));
        }
    }
}

fn finding(context: &Context<'_>, call: &Call<'_>, target: ContainerId) -> Diagnostic {
    let compose = &context.stack.compose;
    let (own, other) = (&compose.containers[call.from], &compose.containers[target]);
    let outcome = match call.hop.gateway {
        Gateway::Nginx(_) => "nginx does not start",
        Gateway::Apache(_) => "every request answers 502",
    };
    let message =
        format!("`{}` and `{}` share no network, so the name is not known: {outcome}", own.name, other.name);
    let words = |id: ContainerId| {
        let container = &compose.containers[id];
        let names: Vec<&str> = container.networks.iter().map(|(name, _)| name.as_str()).collect();
        let names = if names.is_empty() { "default".to_owned() } else { names.join(", ") };
        format!("`{}` is in {names}", container.name)
    };
    let found = call
        .finding(message)
        .label(own.networks_span.unwrap_or(own.span), words(call.from))
        .label(other.networks_span.unwrap_or(other.span), words(target))
        .note(format!("nginx says: host not found in upstream \"{}\"", call.host));
    let wanted = own.networks.first().map_or("default", |(name, _)| name);
    found.help(format!("add `{wanted}` to the networks of `{}`", other.name)).fix(
        join(context, target, wanted)
            .map(|edit| Fix::risky(format!("put `{}` into the network `{wanted}`", other.name), vec![edit])),
    )
}

/// Puts a line below the last network of a list.
fn join(context: &Context<'_>, target: ContainerId, network: &str) -> Option<Edit> {
    let (_, last) = context.stack.compose.containers[target].networks.last()?;
    let file = context.sources.file_of(*last);
    let line = file.line_span(last.lo);
    let text = context.sources.text(line);
    let indent = text.strip_suffix(context.sources.text(*last)).filter(|before| before.trim() == "-")?;
    Some(Edit::insert(line.hi, format!("{}{indent}{network}", file.line_break())))
}
