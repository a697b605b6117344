//! `routing/host-not-sent`: the backend is asked for a host it does not have, and answers with another site.

use std::collections::HashMap;

use super::headers::Headers;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Hop, Leg, Owner, Protocol};
use crate::stack::nginx::{Nginx, ScopeKind};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "routing/host-not-sent",
    severity: Severity::Warning,
    summary: "the backend is asked for a host it does not have, and answers with another site",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/routing/host-not-sent.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut backends = HashMap::new();
    for (nginx, hop) in context.stack.nginx_hops() {
        let found = finding(context, nginx, hop, &mut backends);
        sink.report_once(found);
    }
}

const LINE: &str = "proxy_set_header Host $host;";

fn finding(
    context: &Context<'_>,
    nginx: &Nginx,
    hop: &Hop,
    backends: &mut HashMap<Endpoint, Option<Sites>>,
) -> Option<Diagnostic> {
    if !matches!(hop.protocol, Protocol::Http | Protocol::Https)
        || nginx.scope(hop.scope).kind != ScopeKind::Location
    {
        return None;
    }
    let headers = Headers::read(context, nginx, hop.scope)?;
    let host = headers.find("Host");
    if host.is_some_and(|node| node.arg(1).is_none_or(|value| !value.starts_with("$proxy_host")))
        || headers.lose(context, nginx, "Host")
        || !nginx.is_certain(hop.scope)
    {
        return None;
    }
    let pass = context.files.node(hop.at);
    let text = pass.arg(0)?;
    let sent = crate::stack::nginx::target(&text, Protocol::Http).address.to_ascii_lowercase();
    let [leg] = hop.legs.as_slice() else { return None };
    let found = backends.entry(leg.endpoint.clone()).or_insert_with(|| Sites::at(context, leg));
    let sites = found.as_ref()?;
    let asked = names(context, nginx, hop)?;
    let (name, meant, first) = sites.missed(&sent, &asked)?;
    let message = format!(
        "the backend is asked for the host `{sent}`, which it does not have, and answers with its first site, not with `{name}`"
    );
    let edits = match host {
        Some(node) => vec![edits::replace_arg(node, 1, "$host")?],
        None => headers.add(context, nginx, hop.scope, pass, LINE),
    };
    Some(
        Diagnostic::new(hop.span, message, "sends no Host but this address")
            .label(meant, format!("`{name}` is here"))
            .label(first, "this one answers")
            .note("the visitor gets 404, 421 or another site; nginx logs nothing but that status")
            .help(format!("write `{LINE}`"))
            .fix(Fix::risky("ask for the host of the visitor", edits)),
    )
}

/// The sites behind one address.
#[derive(Debug)]
pub(super) struct Sites {
    by_name: HashMap<String, Span>,
    /// The one for all other names.
    first: Option<Span>,
    /// Whether all names are plain ones.
    known: bool,
}

impl Sites {
    /// Those at the end of a leg; `None` where something else answers, too.
    pub(super) fn at(context: &Context<'_>, leg: &Leg) -> Option<Self> {
        let mut sites = Self { by_name: HashMap::new(), first: None, known: true };
        for listener in context.stack.listeners_at(leg) {
            match listener.owner {
                Owner::Nginx(index, server) => {
                    let nginx = context.stack.nginx.get(index).filter(|nginx| nginx.is_certain(server))?;
                    let mut listens = nginx.here(context.files, server, "listen");
                    let default = listens
                        .any(|node| node.args().any(|arg| arg == "default_server" || arg == "default"));
                    let own = nginx.here(context.files, server, "server_name");
                    let names = own.flat_map(|node| {
                        node.args().map(|name| name.to_ascii_lowercase()).collect::<Vec<_>>()
                    });
                    sites.add(names, nginx.head(context.files, server)?, default);
                }
                Owner::Apache(index) => {
                    let apache = context.stack.apache.get(index).filter(|apache| apache.whole)?;
                    let Endpoint::Tcp { port, .. } = leg.endpoint else { return None };
                    for vhost in apache.vhosts().filter(|&vhost| apache.answers_port(vhost, port)) {
                        let names = apache.names(vhost).map(str::to_ascii_lowercase);
                        sites.add(names, apache.node(context.files, vhost)?.head(), false);
                    }
                }
                _ => return None,
            }
        }
        Some(sites)
    }

    /// Of the names visitors ask for, one that is here and is not asked for by the host that is sent; where it is, and
    /// the site that answers instead.
    pub(super) fn missed<'b>(&self, sent: &str, asked: &'b [String]) -> Option<(&'b str, Span, Span)> {
        let plain = sent.split(':').next().unwrap_or_default();
        let (name, meant) = asked.iter().find_map(|name| Some((name, *self.by_name.get(name)?)))?;
        let others = self.known && !self.by_name.contains_key(plain);
        let first = self.first.filter(|first| *first != meant && others)?;
        Some((name, meant, first))
    }

    fn add(&mut self, names: impl Iterator<Item = String>, span: Span, default: bool) {
        for name in names {
            // Patterns may take in anything.
            self.known &= !name.contains(['*', '~', '$']) && !name.starts_with('.');
            self.by_name.entry(name).or_insert(span);
        }
        if default || self.first.is_none() {
            self.first = Some(span);
        }
    }
}

/// The names visitors ask for where the hop stands.
fn names(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<Vec<String>> {
    let server = nginx.enclosing(hop.scope, ScopeKind::Server)?;
    let nodes = nginx.here(context.files, server, "server_name");
    Some(
        nodes
            .flat_map(|node| node.args().map(|name| name.to_ascii_lowercase()).collect::<Vec<_>>())
            .collect(),
    )
}
