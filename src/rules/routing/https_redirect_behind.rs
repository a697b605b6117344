//! `routing/https-redirect-behind`: the backend redirects to https what comes from a gateway that has taken TLS off.

use super::headers::Headers;
use super::redirect::{Redirect, redirects};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::apache::Apache;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Hop, Leg, Owner, Protocol};
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::value::{NginxCondition, nginx_condition};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "routing/https-redirect-behind",
    severity: Severity::Error,
    summary: "the backend redirects to https what comes from a gateway that has taken TLS off",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/routing/https-redirect-behind.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (nginx, hop) in context.stack.nginx_hops() {
        sink.report_once(finding(context, nginx, hop));
    }
}

const LINE: &str = "proxy_set_header X-Forwarded-Proto $scheme;";

/// How a backend tells https from http.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// By how it is asked itself.
    ByConnection,
    /// By X-Forwarded-Proto.
    ByHeader,
}

fn finding(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<Diagnostic> {
    if hop.protocol != Protocol::Http || nginx.scope(hop.scope).kind != ScopeKind::Location {
        return None;
    }
    let [leg] = hop.legs.as_slice() else { return None };
    let server = nginx.enclosing(hop.scope, ScopeKind::Server)?;
    let listens = nginx.here(context.files, server, "listen");
    let tls = listens.filter(|node| node.args().any(|arg| arg == "ssl")).last()?;
    let (told, redirect) = redirect(context, leg)?;
    let headers = Headers::read(context, nginx, hop.scope)?;
    let name = "X-Forwarded-Proto";
    let sent = headers.find(name).is_some() || headers.lose(context, nginx, name);
    if told == Told::ByHeader && (sent || !nginx.is_certain(hop.scope)) {
        return None;
    }
    let pass = context.files.node(hop.at);
    let (why, help, edits) = match told {
        Told::ByHeader => (
            "is not told that the visitor came by https",
            format!("write `{LINE}`"),
            Some(headers.add(context, nginx, hop.scope, pass, LINE)),
        ),
        Told::ByConnection => (
            "is asked by plain HTTP",
            "let it redirect only where X-Forwarded-Proto is `http`, and send that header; or call it by https".to_owned(),
            None,
        ),
    };
    let message =
        format!("the backend {why} and redirects to https, which ends here again: browsers give up");
    Some(
        Diagnostic::new(hop.span, message, "asks by plain HTTP")
            .label(redirect, "redirects to https")
            .label(tls.head(), "where TLS is taken off")
            .note("browsers say: ERR_TOO_MANY_REDIRECTS; nginx logs the same request with 301 twenty times")
            .help(help)
            .fix(edits.map(|edits| Fix::risky("say how the visitor came", edits))),
    )
}

/// The redirect to https behind a leg, where only one server can answer there.
fn redirect(context: &Context<'_>, leg: &Leg) -> Option<(Told, Span)> {
    let mut listeners = context.stack.listeners_at(leg);
    let listener = listeners.next().filter(|_| listeners.next().is_none())?;
    let (index, server) = match listener.owner {
        Owner::Nginx(index, server) => (index, server),
        Owner::Apache(index) => return in_apache(context, &context.stack.apache[index], leg),
        _ => return None,
    };
    let nginx = context.stack.nginx.get(index).filter(|nginx| nginx.is_certain(server))?;
    let to_https = |redirect: &Redirect<'_>| redirect.scheme == Some(true) && redirect.host.starts_with('$');
    if let Some(found) = redirects(context, nginx, server).find(to_https) {
        return Some((Told::ByConnection, found.node.head()));
    }
    let children = nginx.inside(server).filter(|&id| nginx.scope(id).parent == Some(server));
    let mut conditions = children.filter(|&id| nginx.scope(id).kind == ScopeKind::If);
    conditions.find_map(|id| {
        let told = condition(context, nginx, id)?;
        let found = redirects(context, nginx, id).find(to_https)?;
        Some((told, found.node.head()))
    })
}

/// The redirect of the one virtual host of a port: a `Redirect` of all, or one `RewriteRule` with one condition.
fn in_apache(context: &Context<'_>, apache: &Apache, leg: &Leg) -> Option<(Told, Span)> {
    let Endpoint::Tcp { port, .. } = leg.endpoint else { return None };
    let mut vhosts = apache.vhosts().filter(|&vhost| apache.answers_port(vhost, port));
    let vhost = vhosts.next().filter(|_| vhosts.next().is_none() && apache.whole)?;
    let https = |url: Option<&str>| url.is_some_and(|url| url.starts_with("https://"));
    if let Some(all) =
        apache.here(vhost, "redirect").find(|entry| https(entry.args.last().map(|arg| arg.value.as_str())))
    {
        let whole = all.args.iter().any(|arg| arg.value == "/");
        return whole.then(|| (Told::ByConnection, all.span(context.files)));
    }
    let (mut rules, mut conditions) = (apache.here(vhost, "rewriterule"), apache.here(vhost, "rewritecond"));
    let (rule, condition) = (rules.next()?, conditions.next()?);
    let only = rules.next().is_none() && conditions.next().is_none();
    let on = apache
        .find(vhost, "rewriteengine")
        .is_some_and(|(entry, _)| entry.value(0).is_some_and(|value| value.eq_ignore_ascii_case("on")));
    let redirects = https(rule.value(1))
        && rule
            .value(2)
            .is_some_and(|flags| flags.trim_start_matches('[').starts_with('R') || flags.contains(",R"));
    let told = match (condition.value(0)?, condition.value(1)?) {
        ("%{HTTPS}", "off" | "!=on" | "!on" | "^off$" | "!^on$") => Told::ByConnection,
        ("%{HTTP:X-Forwarded-Proto}", "!https" | "!=https" | "!^https$") => Told::ByHeader,
        _ => return None,
    };
    (only && on && redirects).then(|| (told, rule.span(context.files)))
}

/// What an `if` tells http by: `$scheme`, `$https` or the header.
fn condition(context: &Context<'_>, nginx: &Nginx, id: ScopeId) -> Option<Told> {
    let words: Vec<_> = context.files.node(nginx.scope(id).at?).args().collect();
    let Ok(NginxCondition::Compare(variable, text)) = nginx_condition(&words) else { return None };
    let part = |part: &crate::value::Part| words[part.index].get(part.bytes.clone());
    let (variable, text) = (part(&variable)?, part(&text)?);
    let unequal = words.iter().any(|word| word.contains("!="));
    match (variable, text, unequal) {
        ("$scheme", "http", false) | ("$scheme", "https", true) | ("$https", "on", true) => {
            Some(Told::ByConnection)
        }
        ("$http_x_forwarded_proto", "https", true) => Some(Told::ByHeader),
        _ => None,
    }
}
