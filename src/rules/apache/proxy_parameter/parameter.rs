//! `key=value` parameters.

use super::super::lines::{Fault, is_filled_in, part};
use crate::load::apache::Arg;
use crate::spelling::closest;
use crate::stack::apache::{Command, Role};
use crate::stack::nginx::ScopeId;
use crate::value::proxy_value;
use crate::vocabulary::{BALANCER_PARAMETERS, LB_METHODS, ProxyParameter, WORKER_PARAMETERS};

/// The parameters that go with a URL.
pub(super) fn known_for(url: &str) -> &'static [ProxyParameter] {
    let balancer = url.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("balancer://"));
    if balancer { BALANCER_PARAMETERS } else { WORKER_PARAMETERS }
}

/// What is wrong with the first of them that is wrong.
pub(super) fn parameters(
    command: &Command<'_>,
    args: &[Arg],
    known: &[ProxyParameter],
    words: &[&str],
    name: &str,
) -> Option<Fault> {
    if shares_worker(command) {
        return None;
    }
    let mut at = 0;
    while let Some(arg) = args.get(at) {
        at += 1;
        if words.iter().any(|word| word.eq_ignore_ascii_case(&arg.value)) || is_filled_in(&arg.value) {
            continue;
        }
        let fault = match arg.value.split_once('=') {
            Some((key, _)) if !words.is_empty() && key.eq_ignore_ascii_case("mapping") => None,
            Some((key, value)) => parameter(command, arg, key, value, known, name),
            None => Some(no_value(arg, args.get(at), known, words, name)),
        };
        if fault.is_some() {
            return fault;
        }
    }
    None
}

/// The worker of an earlier directive serves this one too: its parameters are dropped (AH01146), not judged.
fn shares_worker(command: &Command<'_>) -> bool {
    let workers = &command.apache.workers;
    let Some(own) = workers.iter().position(|worker| worker.at == command.at()) else { return false };
    let shared = |url: &str| workers[own].url.starts_with(url);
    workers[..own].iter().any(|worker| {
        let same_host = worker.vhost == workers[own].vhost || worker.vhost == ScopeId(0);
        worker.role == Role::Pass && same_host && shared(&worker.url)
    })
}

/// One `key=value`.
fn parameter(
    command: &Command<'_>,
    arg: &Arg,
    key: &str,
    value: &str,
    known: &[ProxyParameter],
    name: &str,
) -> Option<Fault> {
    let short = name.split('|').next().unwrap_or(name);
    let Some((_, kind)) = known.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)) else {
        let of = if known == BALANCER_PARAMETERS { "balancer" } else { "worker" };
        let log = match of {
            "balancer" => "unknown Balancer parameter",
            _ if command.apache.modules.loaded.iter().any(|(module, _)| module == "proxy_hcheck_module") => {
                "unknown Worker hcheck parameter"
            }
            _ => "unknown Worker parameter",
        };
        let key_at = 0..key.len();
        let fault = Fault::new(
            part(arg, &key_at),
            format!("a {of} of mod_proxy has no parameter `{key}`"),
            format!("{short} {log}"),
        );
        let others = if of == "balancer" { WORKER_PARAMETERS } else { BALANCER_PARAMETERS };
        let elsewhere = others.iter().any(|(name, _)| name.eq_ignore_ascii_case(key));
        return Some(match closest(key, known.iter().map(|(name, _)| *name)).filter(|_| !elsewhere) {
            Some(meant) => fault.meant(arg.part(0, key.len()), meant),
            None if elsewhere && of == "balancer" => {
                fault.help(format!("`{key}` belongs to the members: write it behind each BalancerMember"))
            }
            None if elsewhere => {
                fault.help(format!("`{key}` belongs to a balancer: write it where `balancer://…` stands"))
            }
            None => fault,
        });
    };
    let value_at = key.len() + 1..arg.value.len();
    if key.eq_ignore_ascii_case("lbmethod") {
        let meant = closest(value, LB_METHODS.iter().copied()).filter(|meant| *meant != value)?;
        let fault = Fault::new(
            part(arg, &value_at),
            format!("there is no balancer method `{value}`"),
            format!("{short} unknown lbmethod"),
        );
        return Some(fault.meant(arg.part(value_at.start, value_at.end), meant));
    }
    let log = proxy_value(value, *kind).err()?;
    let fault = Fault::new(
        part(arg, &value_at),
        format!("mod_proxy does not take `{key}={value}`"),
        format!("{short} {log}"),
    );
    let switch = matches!(value.to_ascii_lowercase().as_str(), "yes" | "true" | "1" | "no" | "false" | "0");
    if log.ends_with("must be On|Off") && switch {
        let meant =
            if matches!(value.to_ascii_lowercase().as_str(), "yes" | "true" | "1") { "On" } else { "Off" };
        return Some(fault.meant(arg.part(value_at.start, value_at.end), meant));
    }
    Some(match value.strip_suffix('m').filter(|number| number.parse::<u32>().is_ok()) {
        Some(minutes) if log.ends_with("wrong format") => {
            fault.meant(arg.part(value_at.start, value_at.end), &format!("{minutes}min"))
        }
        _ => fault,
    })
}

/// A word without `=`.
fn no_value(arg: &Arg, next: Option<&Arg>, known: &[ProxyParameter], words: &[&str], name: &str) -> Fault {
    let text = arg.value.as_str();
    let log = match name {
        "ProxyPass|ProxyPassMatch" => {
            "Invalid ProxyPass|ProxyPassMatch parameter. Parameter must be in the form 'key=value'."
                .to_owned()
        }
        _ => format!("Invalid {name} parameter. Parameter must be in the form 'key=value'"),
    };
    if text.starts_with('#') {
        return Fault::new(arg.span, "mod_proxy takes the comment for a parameter", log)
            .help("move the comment to a line of its own");
    }
    let fault = Fault::new(arg.span, format!("`{text}` is no parameter of the form `key=value`"), log);
    let is_known = known.iter().any(|(name, _)| name.eq_ignore_ascii_case(text));
    match next.filter(|next| is_known && !next.value.contains('=') && !is_filled_in(&next.value)) {
        Some(next) => fault.meant(Some(arg.span.to(next.span)), &format!("{text}={}", next.value)),
        None => match closest(text, words.iter().copied()) {
            Some(meant) => fault.meant(arg.plain, meant),
            None => fault,
        },
    }
}
