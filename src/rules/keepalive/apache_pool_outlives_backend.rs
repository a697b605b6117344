//! `keepalive/apache-pool-outlives-backend`: Apache keeps connections to a backend that closes them soon.

use std::collections::HashSet;

use super::{Backend, SHORT};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Entry};
use crate::stack::hop::{Hop, Leg, Protocol};
use crate::stack::nginx::ScopeId;
use crate::value;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "keepalive/apache-pool-outlives-backend",
    severity: Severity::Warning,
    summary: "Apache keeps connections to a backend that closes them soon, and sends requests into closed ones",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/keepalive/apache-pool-outlives-backend.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for hop in
        context.stack.hops.iter().filter(|hop| matches!(hop.protocol, Protocol::Http | Protocol::Https))
    {
        let Some(apache) = context.stack.apache_of(hop) else { continue };
        let Some((entry, _)) = apache.url_of(hop).filter(|(entry, _)| entry.name.starts_with("proxypass"))
        else {
            continue;
        };
        if !apache.whole {
            continue;
        }
        for leg in &hop.legs {
            let found = finding(context, apache, hop, leg, entry)
                .filter(|_| !closes_by_environment(apache, hop.scope));
            if let Some((severity, found)) = found.filter(|_| seen.insert(leg.at)) {
                sink.report_as(severity, found);
            }
        }
    }
}

/// Whether a variable keeps connections from being used again.
fn closes_by_environment(apache: &Apache, scope: ScopeId) -> bool {
    const NAMES: &[&str] = &["proxy-nokeepalive", "proxy-initial-not-pooled", "force-proxy-request-1.0"];
    let vhost = apache.vhost_of(scope);
    let sets =
        |entry: &Entry| entry.args.iter().any(|arg| NAMES.iter().any(|name| arg.value.starts_with(name)));
    apache.section_ids().any(|id| {
        let of = apache.vhost_of(id);
        (of == vhost || of == ScopeId(0)) && apache.section(id).entries.iter().any(sets)
    })
}

fn finding(
    context: &Context<'_>,
    apache: &Apache,
    hop: &Hop,
    leg: &Leg,
    entry: &Entry,
) -> Option<(Severity, Diagnostic)> {
    let node = context.files.node(leg.at);
    let vhost = apache.vhost_of(hop.scope);
    let index = entry.args.iter().position(|arg| arg.value.contains("://"))?;
    let url = if leg.at == entry.at { entry.value(index)?.to_owned() } else { member_url(apache, leg)? };
    let own = |key: &str| {
        let mut args = node.args().map(std::borrow::Cow::into_owned);
        let written = args.find(|arg| is_key(arg, key));
        let value = written.as_deref().and_then(|arg| arg.split_once('=')).map(|(_, value)| value);
        value.or_else(|| apache.worker_param(&url, vhost, key).map(|(value, _)| value)).map(str::to_owned)
    };
    if own("disablereuse").is_some_and(|value| value.eq_ignore_ascii_case("on")) {
        return None;
    }
    let backend = Backend::at(context, leg).filter(|backend| backend.idle <= SHORT)?;
    let ttl = own("ttl").map(|text| i64::from(value::apache_int(&text).value) * 1000);
    if ttl.is_some_and(|millis| u64::try_from(millis).is_ok_and(|millis| millis < backend.idle)) {
        return None;
    }
    let severity =
        if backend.line.is_some() && backend.idle < SHORT { Severity::Warning } else { Severity::Hint };
    let message = format!(
        "Apache keeps connections to this backend, and {} closes them after {}: a POST that meets the closing answers 502",
        backend.name,
        backend.said()
    );
    let text = match backend.shorter() {
        Some(seconds) => format!("ttl={seconds}"),
        None => "disablereuse=on".to_owned(),
    };
    let written =
        (0..node.words().len()).find(|&index| node.arg(index).is_some_and(|arg| is_key(&arg, "ttl")));
    let edit = match written.and_then(|index| node.arg_span(index)) {
        Some(span) => Edit::replace(span, text.clone()),
        None => Edit::insert(node.head().hi, format!(" {text}")),
    };
    let found = Diagnostic::new(node.head(), message, "used again however old they are")
        .label(backend.span(), format!("{} closes after {}", backend.name, backend.said()))
        .note("Apache logs: AH01102: error reading status line from remote server")
        .help(format!("write `{text}` behind the URL"))
        .fix(Fix::risky(format!("add {text}"), vec![edit]));
    Some((severity, found))
}

/// The URL of the `BalancerMember` a leg stands for.
fn member_url(apache: &Apache, leg: &Leg) -> Option<String> {
    let mut members = apache.balancers.iter().flat_map(|balancer| &balancer.members);
    members.find(|(_, at)| *at == leg.at).map(|(arg, _)| arg.value.clone())
}

/// Whether an argument is a parameter of a name.
fn is_key(arg: &str, key: &str) -> bool {
    arg.split_once('=').is_some_and(|(name, _)| name.eq_ignore_ascii_case(key))
}
