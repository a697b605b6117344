//! `tls/no-common-version`: the two sides of a leg speak no version of TLS in common.

use std::collections::HashMap;

use super::sites::{Place, Sites};
use super::{apache_versions, in_vhost};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::value::TlsVersions;
use crate::version::Version;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "tls/no-common-version",
    severity: Severity::Error,
    summary: "a gateway and the backend have no version of TLS in common",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/tls/no-common-version.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut known: HashMap<&Endpoint, Option<Behind>> = HashMap::new();
    for hop in context.stack.hops.iter().filter(|hop| hop.protocol == Protocol::Https) {
        for leg in hop.legs.iter().filter(|leg| !leg.down) {
            let behind = known
                .entry(&leg.endpoint)
                .or_insert_with(|| Sites::at(context, leg).and_then(|sites| Behind::of(context, &sites)));
            let Some(behind) = behind else { continue };
            let Some(asked) = Asked::by(context, hop) else { continue };
            if asked.versions.both(behind.versions).is_empty() {
                sink.report_once(finding(context, hop, &asked, behind));
            }
        }
    }
}

/// The versions a side takes, and where that is said.
struct Asked {
    versions: TlsVersions,
    span: Option<Span>,
    name: &'static str,
}

/// The versions of all sites of an address.
struct Behind {
    versions: TlsVersions,
    span: Span,
}

impl Asked {
    /// What a gateway asks for.
    fn by(context: &Context<'_>, hop: &Hop) -> Option<Self> {
        if let Some(nginx) = context.stack.nginx_of(hop) {
            let name = "proxy_ssl_protocols";
            let (versions, span) = of_nginx(context, nginx, hop.scope, name)?;
            return Some(Self { versions, span, name });
        }
        let apache = context.stack.apache_of(hop).filter(|apache| apache.whole)?;
        // A section of <Proxy> may say it, too.
        let name = "sslproxyprotocol";
        let vhost = apache.vhost_of(hop.scope);
        if apache.everywhere(name).any(|(scope, _)| scope != ScopeId(0) && scope != vhost) {
            return None;
        }
        let span = apache.find(vhost, name).map(|(entry, _)| entry.span(context.files));
        Some(Self { versions: apache_versions(apache, vhost, name)?, span, name: "SSLProxyProtocol" })
    }
}

impl Behind {
    /// All the sites of an address take together, where that is said in one of them.
    fn of(context: &Context<'_>, sites: &Sites) -> Option<Self> {
        let (mut versions, mut said) = (TlsVersions::default(), None);
        for site in &sites.all {
            let (own, span) = match site.place {
                Place::Nginx(index, server) => {
                    of_nginx(context, &context.stack.nginx[index], server, "ssl_protocols")?
                }
                Place::Apache(index, vhost) => {
                    let apache = &context.stack.apache[index];
                    let found = apache.find(vhost, "sslprotocol");
                    let span = found.map(|(entry, _)| entry.span(context.files));
                    (apache_versions(apache, vhost, "sslprotocol")?, span)
                }
            };
            versions = versions.with(own);
            said = said.or(span).or(Some(site.span));
        }
        Some(Self { versions, span: said? })
    }
}

/// The versions of a directive of nginx in a context, and where it stands; `None` where it does not read so.
fn of_nginx(
    context: &Context<'_>,
    nginx: &Nginx,
    scope: ScopeId,
    name: &str,
) -> Option<(TlsVersions, Option<Span>)> {
    match nginx.find(context.files, scope, name) {
        Some(found) => {
            let words: Vec<_> = found.node.args().collect();
            Some((TlsVersions::of_nginx(words.iter().map(|word| &**word))?, Some(found.node.head())))
        }
        None if nginx.is_certain(scope) => Some((by_default(context.stack.targets.nginx), None)),
        None => None,
    }
}

/// What nginx takes where nothing is said.
fn by_default(version: Option<Version>) -> TlsVersions {
    match version {
        Some(version) if version >= Version::new(1, 27, 3) => TlsVersions::FROM_1_2,
        Some(version) if version < Version::new(1, 23, 4) => TlsVersions::UP_TO_1_2,
        _ => TlsVersions::ALL,
    }
}

fn finding(context: &Context<'_>, hop: &Hop, asked: &Asked, behind: &Behind) -> Diagnostic {
    let nginx = context.stack.nginx_of(hop).is_some();
    let (who, status, log) = if nginx {
        (
            "nginx",
            502,
            "nginx logs: SSL_do_handshake() failed (SSL: error:0A00042E:SSL routines::tlsv1 alert protocol version:SSL alert number 70) while SSL handshaking to upstream",
        )
    } else {
        ("Apache", 500, "Apache logs: AH00898: Error during SSL Handshake with remote server returned by /")
    };
    let (mine, theirs) = (asked.versions, behind.versions);
    let default = if asked.span.is_none() { " (default)" } else { "" };
    let message =
        format!("{who} speaks {mine}{default} here and the backend {theirs}: every request answers {status}");
    let end = if nginx { ";" } else { "" };
    let line = format!("{} {theirs}{end}", asked.name);
    let mut found = Diagnostic::new(asked.span.unwrap_or(hop.span), message, format!("{mine}{default}"));
    if asked.span.is_some() {
        found = found.label(hop.span, "for requests from here");
    }
    found
        .label(behind.span, format!("{theirs}"))
        .note(log)
        .help(format!("write `{line}`, or let the backend speak {mine}"))
        .fix(
            edit(context, hop, asked, theirs, &line)
                .map(|edit| Fix::risky(format!("speak {theirs}"), vec![edit])),
        )
}

/// Says it in the location itself, or in the virtual host.
fn edit(context: &Context<'_>, hop: &Hop, asked: &Asked, theirs: TlsVersions, line: &str) -> Option<Edit> {
    let old = TlsVersions::FROM_1_2.both(theirs).is_empty();
    // What only speaks what nobody should is to learn better.
    if old && asked.span.is_some() {
        return None;
    }
    if let Some(nginx) = context.stack.nginx_of(hop) {
        if let Some(own) = nginx.here(context.files, hop.scope, asked.name).last() {
            return Some(edits::set_value(own, &theirs.to_string()));
        }
        let is_location = nginx.scope(hop.scope).kind == ScopeKind::Location;
        return is_location.then(|| edits::insert_line_after(context.files.node(hop.at), line));
    }
    let apache = context.stack.apache_of(hop)?;
    let vhost = apache.vhost_of(hop.scope);
    match apache.here(vhost, "sslproxyprotocol").next_back() {
        Some(own) => Some(edits::set_value(context.files.node(own.at), &theirs.to_string())),
        None => in_vhost(context, apache, hop, &[line]),
    }
}
