//! `compose/unknown-host`: a gateway in a container calls a host that is no service.

use super::{Call, Part, calls};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::spelling::closest;
use crate::stack::hop::Gateway;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "compose/unknown-host",
    severity: Severity::Error,
    summary: "a gateway in a container calls a host that is no service",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/compose/unknown-host.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for call in calls(context) {
        if is_bare(call.host) && !is_known(context, &call) {
            sink.report(finding(context, &call));
        }
    }
}

/// A name without a dot, which only Docker's own name server can know.
fn is_bare(host: &str) -> bool {
    let address =
        host.contains(['.', ':', '$', '{', '<', '%']) || host.bytes().all(|byte| byte.is_ascii_digit());
    !address && host != "localhost" && !host.is_empty()
}

/// Whether some container, alias, link or file in sight has the name, or may have it.
fn is_known(context: &Context<'_>, call: &Call<'_>) -> bool {
    let compose = &context.stack.compose;
    let project = compose.project(call.from);
    let own = &compose.containers[call.from];
    let elsewhere = own.networks.iter().any(|(name, _)| project.external.contains(name))
        || (own.networks.is_empty() && project.external.iter().any(|name| name == "default"));
    // `shop_php_1` and `shop-php-1` are the names Docker gives to containers, `shop_php` swarm's.
    let made = |name: &str| {
        let (host, name) = (call.host, name.to_ascii_lowercase());
        [format!("_{name}"), format!("-{name}")].iter().any(|part| host.contains(part.as_str()))
            || host == name
    };
    let named = project.containers.iter().any(|&id| {
        let container = &compose.containers[id];
        container.is_called(call.host) || made(&container.name)
    });
    let resolved_late = context.files.node(call.leg.at).args().any(|word| word == "resolve");
    elsewhere
        || named
        || resolved_late
        || own.open
        || project.open
        || own.hosts.iter().any(|host| host.eq_ignore_ascii_case(call.host))
        || project.more.iter().any(|name| name.eq_ignore_ascii_case(call.host))
}

fn finding(context: &Context<'_>, call: &Call<'_>) -> Diagnostic {
    let compose = &context.stack.compose;
    let host = call.host;
    let outcome = match call.hop.gateway {
        Gateway::Nginx(_) => "nginx does not start",
        Gateway::Apache(_) => "every request answers 502",
    };
    let names: Vec<&str> = compose
        .project(call.from)
        .containers
        .iter()
        .filter(|&&id| id != call.from)
        .map(|&id| compose.containers[id].name.as_str())
        .collect();
    let message = format!("no service of the compose file is called `{host}`: {outcome}");
    let found = call.finding(message).label(compose.span(call.from), "the gateway runs here").note(
        match call.hop.gateway {
            Gateway::Nginx(_) => format!("nginx says: host not found in upstream \"{host}\""),
            Gateway::Apache(_) => format!("Apache logs: AH00898: DNS lookup failure for: {host}"),
        },
    );
    let near = closest(host, names.iter().copied());
    let alone: Vec<&str> = names.iter().copied().filter(|name| offers(context, call, name)).collect();
    match near.or(if let [name] = alone.as_slice() { Some(*name) } else { None }) {
        Some(name) => {
            let edit = call.rewrite(context, Part::Host, name);
            found
                .help(format!("call `{name}`"))
                .fix(edit.map(|edit| Fix::risky(format!("call `{name}`"), vec![edit])))
        }
        None => found.help(format!("call one of the services: {}", names.join(", "))),
    }
}

/// Whether a service listens on the port that is called.
fn offers(context: &Context<'_>, call: &Call<'_>, name: &str) -> bool {
    let compose = &context.stack.compose;
    compose.called(call.from, name).is_some_and(|id| compose.listens(id, call.port))
}
