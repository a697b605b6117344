//! `tls/sni-not-sent`: nginx does not tell the other side which of its sites it means.

use std::collections::HashMap;

use super::sites::{Place, Site, Sites, Told, host_in, is_plain, server_names};
use super::vhosts::{is_strict, mismatch, policy};
use super::{shown_by_server, verifies};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::{Nginx, ScopeKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "tls/sni-not-sent",
    severity: Severity::Warning,
    summary: "nginx does not tell the backend which of its sites it means, and gets the first one's TLS",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/tls/sni-not-sent.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut known: HashMap<&Endpoint, Option<Sites>> = HashMap::new();
    for (nginx, hop) in context.stack.nginx_hops().filter(|(_, hop)| hop.protocol == Protocol::Https) {
        if !nginx.is_certain(hop.scope) {
            continue;
        }
        for leg in hop.legs.iter().filter(|leg| !leg.down) {
            let sites = known.entry(&leg.endpoint).or_insert_with(|| Sites::at(context, leg));
            let Some(sites) = sites.as_ref().filter(|sites| sites.all.len() > 1) else { continue };
            if let Some(failure) = Failure::find(context, nginx, hop, sites) {
                sink.report_once_as(failure.severity, Some(failure.say(context, nginx, hop)));
            }
        }
    }
}

/// A request that gets into the wrong site.
struct Failure<'a> {
    /// The site whose TLS is spoken.
    taken: &'a Site,
    /// The one that is meant, by this name.
    meant: &'a Site,
    name: String,
    /// What `proxy_ssl_name` has to say, where that is not what it says.
    wanted: Option<String>,
    /// What nginx names instead.
    told: Option<String>,
    severity: Severity,
    answer: &'static str,
    log: String,
}

impl<'a> Failure<'a> {
    fn find(context: &Context<'_>, nginx: &Nginx, hop: &Hop, sites: &'a Sites) -> Option<Self> {
        let server = nginx.enclosing(hop.scope, ScopeKind::Server)?;
        let mut names = server_names(context, nginx, server);
        names.retain(|name| is_plain(name));
        // A fixed name is sent whatever the visitor asks for.
        names.push(String::new());
        names.iter().find_map(|name| Self::of(context, nginx, hop, sites, name))
    }

    fn of(context: &Context<'_>, nginx: &Nginx, hop: &Hop, sites: &'a Sites, name: &str) -> Option<Self> {
        let told = Told::by(context, nginx, hop, name)?;
        let found = Self::after(context, nginx, hop, sites, name, &told)?;
        Some(Self { told: told.name().map(str::to_owned), ..found })
    }

    /// What comes of what nginx tells.
    fn after(
        context: &Context<'_>,
        nginx: &Nginx,
        hop: &Hop,
        sites: &'a Sites,
        name: &str,
        told: &Told,
    ) -> Option<Self> {
        let taken = sites.named(told.name())?;
        let text = host_header(context, nginx, hop);
        let host = host_in(context, nginx, hop, &text, name)?;
        match taken.place {
            Place::Nginx(index, server) => {
                let behind = &context.stack.nginx[index];
                if behind.flag(context.files, server, "ssl_reject_handshake", false)?.value {
                    let written = (host, said_name(&text));
                    let visitor = (name.to_owned(), Some("$host".to_owned()));
                    return [written, visitor]
                        .into_iter()
                        .find_map(|meant| Self::refused(sites, taken, meant));
                }
                let looked_for = nginx.text(context.files, hop.scope, "proxy_ssl_name")?.value;
                let looks = verifies(context, nginx, hop.scope) && is_plain(&looked_for);
                Self::unverified(context, sites, taken, looked_for).filter(|_| looks)
            }
            Place::Apache(index, vhost) => {
                let apache = &context.stack.apache[index];
                let meant = sites.owner(&host)?;
                let Place::Apache(_, asked) = meant.place else { return None };
                let (severity, answer, log) = if told.name().is_none() && is_strict(apache, [vhost, asked]) {
                    let log = "AH02033: No hostname was provided via SNI for a name based virtual host";
                    (Severity::Error, "403", log.to_owned())
                } else {
                    let severity = mismatch(context, apache, vhost, asked)?;
                    let provided = match told.name() {
                        Some(name) => format!("{name} provided via SNI"),
                        None => format!("{} (default host as no SNI was provided)", taken.name),
                    };
                    let policy = policy(apache);
                    let log = format!(
                        "AH02032: Hostname {provided} and hostname {host} provided via HTTP have no compatible SSL setup for policy '{policy}'"
                    );
                    (severity, "421 Misdirected Request", log)
                };
                Some(Self {
                    taken,
                    meant,
                    name: host,
                    wanted: said_name(&text),
                    told: None,
                    severity,
                    answer,
                    log,
                })
            }
        }
    }

    /// The default server wants no handshake from whoever names no site of its own.
    fn refused(sites: &'a Sites, taken: &'a Site, (name, wanted): (String, Option<String>)) -> Option<Self> {
        let meant = sites.owner(&name).filter(|meant| meant.place != taken.place)?;
        let log = "SSL_do_handshake() failed (SSL: error:0A000458:SSL routines::tlsv1 unrecognized name:SSL alert number 112) while SSL handshaking to upstream";
        Some(Self {
            taken,
            meant,
            name,
            wanted,
            told: None,
            severity: Severity::Error,
            answer: "502",
            log: log.to_owned(),
        })
    }

    /// The certificate of the default server is looked at, and another one has the right one.
    fn unverified(context: &Context<'_>, sites: &'a Sites, taken: &'a Site, name: String) -> Option<Self> {
        let meant = sites.owner(&name).filter(|meant| meant.place != taken.place)?;
        let has = |site: &Site| match site.place {
            Place::Nginx(index, server) => {
                let shown = shown_by_server(context, index, server);
                let [shown] = shown.as_slice() else { return None };
                Some(shown.certificate.is_for(&name))
            }
            Place::Apache(..) => None,
        };
        if has(taken)? || !has(meant)? {
            return None;
        }
        let log =
            format!("upstream SSL certificate does not match \"{name}\" while SSL handshaking to upstream");
        Some(Self {
            taken,
            meant,
            name,
            wanted: None,
            told: None,
            severity: Severity::Error,
            answer: "502",
            log,
        })
    }

    fn say(&self, context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Diagnostic {
        let on = nginx.flag(context.files, hop.scope, "proxy_ssl_server_name", false);
        let on = on.is_some_and(|on| on.value);
        let first = match self.taken.name.as_str() {
            "" => "the first site".to_owned(),
            name => format!("`{name}`"),
        };
        let said = self.told.as_ref().map_or_else(|| "no site".to_owned(), |name| format!("`{name}`"));
        let message = format!(
            "nginx names {said} when it speaks TLS, gets the TLS of {first}, and a request for `{}` answers {}",
            self.name, self.answer
        );
        let switch = (!on).then(|| "proxy_ssl_server_name on;".to_owned());
        let now = nginx.text(context.files, hop.scope, "proxy_ssl_name").map(|said| said.value);
        let name = self.wanted.as_ref().filter(|name| now.as_ref() != Some(name));
        let name = name.map(|name| format!("proxy_ssl_name {name};"));
        let lines: Vec<String> = switch.into_iter().chain(name).collect();
        let help: Vec<String> = lines.iter().map(|line| format!("`{line}`")).collect();
        let who = if self.log.starts_with("AH") { "Apache" } else { "nginx" };
        Diagnostic::new(hop.span, message, format!("does not say that `{}` is meant", self.name))
            .label(self.meant.span, format!("`{}` is here", self.name))
            .label(self.taken.span, "the TLS of this one is spoken")
            .note(format!("{who} logs: {}", self.log))
            .help(format!("write {}", help.join(" and ")))
            .fix(fix(context, nginx, hop, &lines))
    }
}

/// Connections that are kept are spoken for one site, and used for the others, too: with them a name alone mends
/// nothing.
fn fix(context: &Context<'_>, nginx: &Nginx, hop: &Hop, lines: &[String]) -> Option<Fix> {
    let several = nginx
        .enclosing(hop.scope, ScopeKind::Server)
        .is_some_and(|server| server_names(context, nginx, server).len() > 1);
    let kept = |group: usize| {
        several && nginx.here(context.files, nginx.upstreams[group].scope, "keepalive").next().is_some()
    };
    if nginx.scope(hop.scope).kind != ScopeKind::Location || hop.upstream.is_some_and(kept) {
        return None;
    }
    let pass = context.files.node(hop.at);
    let (mut made, mut new): (Vec<Edit>, Vec<String>) = (Vec::new(), Vec::new());
    for line in lines {
        let (name, value) = line.trim_end_matches(';').split_once(' ')?;
        match nginx.here(context.files, hop.scope, name).last() {
            Some(own) => made.push(edits::set_value(own, value)),
            None => new.push(line.clone()),
        }
    }
    if !new.is_empty() {
        made.push(edits::insert_lines_after(pass, &new));
    }
    Some(Fix::risky("name the site that is meant", made))
}

/// What nginx sends as `Host`, as it is written.
fn host_header(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> String {
    let list = nginx.list(context.files, hop.scope, "proxy_set_header");
    let nodes = list.map(|(_, nodes)| nodes).unwrap_or_default();
    let host =
        nodes.into_iter().find(|node| node.arg(0).is_some_and(|name| name.eq_ignore_ascii_case("host")));
    host.and_then(|node| Some(node.arg(1)?.into_owned())).unwrap_or_else(|| "$proxy_host".to_owned())
}

/// The `proxy_ssl_name` that says the same as a `Host`; `None` for what it says by itself.
fn said_name(host: &str) -> Option<String> {
    match host.split(':').next().unwrap_or_default() {
        "$proxy_host" => None,
        "$http_host" => Some("$host".to_owned()),
        other => Some(other.to_owned()),
    }
}
