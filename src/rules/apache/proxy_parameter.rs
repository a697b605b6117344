//! `apache/proxy-parameter`: mod_proxy does not take a URL or a parameter.

mod parameter;
mod url;

use parameter::{known_for, parameters};
use url::bad_url;

use super::lines::{Fault, refuse};
use crate::diagnostic::Severity;
use crate::load::apache::Arg;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Command, SectionKind};
use crate::vocabulary::{PROXY_PASS_WORDS, WORKER_PARAMETERS};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/proxy-parameter",
    severity: Severity::Error,
    summary: "mod_proxy does not take a URL or a parameter",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/proxy-parameter.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    refuse(context, sink, |command| {
        let is = |name: &str| command.node.is(name);
        if !command.name().get(..5).is_some_and(|start| start.eq_ignore_ascii_case("proxy"))
            && !is("BalancerMember")
        {
            return None;
        }
        let kind = command.apache.section(command.scope).kind;
        if is("ProxyPass") || is("ProxyPassMatch") {
            pass(command, kind)
        } else if is("ProxyPassReverse") {
            reverse(command, kind)
        } else if is("BalancerMember") {
            member(command, kind)
        } else if is("ProxySet") && kind == SectionKind::Proxy {
            let url = command.apache.section(command.scope).args.first()?;
            parameters(command, command.args, known_for(&url.value), &[], "ProxySet")
        } else if is("Proxy") && command.node.body().is_some() && command.args.len() > 1 {
            let url = command.args.first().filter(|url| url.value.contains("://"))?;
            parameters(command, &command.args[1..], known_for(&url.value), &[], "Proxy")
        } else {
            None
        }
    });
}

/// Whether a directive that may stand in `<Location>` without its path does; `None` where that is out of sight.
fn in_location(command: &Command<'_>, kind: SectionKind) -> Option<bool> {
    match kind {
        SectionKind::Location => Some(true),
        SectionKind::VirtualHost => Some(false),
        SectionKind::Server if command.apache.whole => Some(false),
        _ => None,
    }
}

fn is_url(arg: &Arg) -> bool {
    arg.value.contains("://") || arg.value.starts_with("unix:")
}

/// `ProxyPass [path] url [key=value …]`.
fn pass(command: &Command<'_>, kind: SectionKind) -> Option<Fault> {
    let located = in_location(command, kind);
    let args = match command.args {
        [tilde, rest @ ..] if tilde.value == "~" => rest,
        args => args,
    };
    let below = match located {
        Some(located) => located,
        // A piece: where it is written with its URL first, it is meant for a `<Location>`.
        None => args.first().is_some_and(is_url),
    };
    if below && args.first().is_some_and(|arg| arg.value.starts_with('/')) && args.get(1).is_some_and(is_url)
    {
        return Some(path_in_location(command, "ProxyPass|ProxyPassMatch"));
    }
    let args = if below { args } else { args.get(1..)? };
    let Some((url, rest)) = args.split_first() else {
        let log = "ProxyPass|ProxyPassMatch needs a path when not defined in a location";
        let says = format!("`{}` has a path and no URL", command.name());
        return located.map(|_| Fault::new(command.head(), says, log));
    };
    if url.value == "!" {
        return None;
    }
    bad_url(url, "ProxyPass", "ProxyPass|ProxyPassMatch").or_else(|| {
        parameters(command, rest, known_for(&url.value), PROXY_PASS_WORDS, "ProxyPass|ProxyPassMatch")
    })
}

/// A path where the `<Location>` around is the path.
fn path_in_location(command: &Command<'_>, name: &str) -> Fault {
    let log = format!("{name} can not have a path when defined in a location");
    let says = format!("`{}` names a path, and `<Location>` around it is the path", command.name());
    let (path, url) = (&command.args[0], &command.args[1]);
    let fault = Fault::new(path.span, says, log).label("takes no path here");
    let around = command.apache.section(command.scope).args.first();
    let same = around.is_some_and(|around| around.value == path.value);
    let both = path.span.to(url.span);
    if same && url.plain == Some(url.span) {
        fault.meant(Some(both), &url.value)
    } else {
        fault.help(format!("write `{} {}`", command.name(), url.value))
    }
}

/// `ProxyPassReverse [path] url`.
fn reverse(command: &Command<'_>, kind: SectionKind) -> Option<Fault> {
    let args = command.args;
    if in_location(command, kind)? {
        let second = args.get(1).filter(|arg| !arg.value.eq_ignore_ascii_case("interpolate"))?;
        return is_url(second).then(|| path_in_location(command, "ProxyPassReverse"));
    }
    let [only] = args else { return None };
    let log = "ProxyPassReverse needs a path when not defined in a location";
    let fault = Fault::new(only.span, "`ProxyPassReverse` has a path or a URL, and needs both", log);
    Some(if is_url(only) { fault.help(format!("write `ProxyPassReverse / {}`", only.value)) } else { fault })
}

/// `BalancerMember [balancer] url [key=value …]`.
fn member(command: &Command<'_>, kind: SectionKind) -> Option<Fault> {
    let first = command.args.first()?;
    let named = match in_location(command, kind) {
        _ if kind == SectionKind::Proxy => false,
        Some(_) => true,
        // A piece may be meant for the inside of a `<Proxy>`.
        None => first.value.starts_with("balancer:"),
    };
    let at = usize::from(named);
    if at >= command.args.len() || command.args[at].value.contains('=') {
        return None;
    }
    bad_url(&command.args[at], "BalancerMember", "BalancerMember")
        .or_else(|| parameters(command, &command.args[at + 1..], WORKER_PARAMETERS, &[], "BalancerMember"))
}
