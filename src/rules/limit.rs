//! Limits of requests and connections: does a page come through them?

pub(super) mod by_proxy_ip;
pub(super) mod conn_too_low;
pub(super) mod real_ip_from_all;
pub(super) mod req_without_burst;
pub(super) mod status_of_fault;

use std::collections::HashSet;

use crate::rule::Context;
use crate::stack::hop::Gateway;
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::tree::NodeRef;
use crate::value::{LocationKind, Reference, nginx_location, nginx_number, references};

/// A `limit_req` or `limit_conn` that the pages of a site have to pass.
#[derive(Debug)]
struct Limit<'a> {
    /// The directive.
    node: NodeRef<'a>,
    /// The zone it names.
    zone: Zone<'a>,
    /// What those get who are turned away.
    status: u64,
}

/// A zone whose key is the same for all requests of a page.
#[derive(Debug, Clone)]
struct Zone<'a> {
    /// The directive that defines it.
    node: NodeRef<'a>,
    name: String,
    /// Whether each visitor is counted alone.
    by_visitor: bool,
}

impl Zone<'_> {
    /// Who is counted together.
    fn whom(&self) -> &'static str {
        if self.by_visitor { "each visitor" } else { "all visitors together" }
    }
}

/// Variables that are another for each visitor.
const VISITOR: &[&str] = &[
    "binary_remote_addr",
    "remote_addr",
    "realip_remote_addr",
    "proxy_protocol_addr",
    "http_x_forwarded_for",
    "http_x_real_ip",
    "http_cf_connecting_ip",
    "http_true_client_ip",
];

/// Variables that are the same for all visitors of a site.
const SITE: &[&str] = &["server_name", "host", "http_host", "server_addr", "server_port", "scheme"];

/// The limits of one kind, `limit_req` or `limit_conn`, that stand in the way of pages: each directive once. A limit
/// of one location that has its own name, a login or a download, is there on purpose.
fn limits<'a>(context: &Context<'a>, kind: &str) -> Vec<Limit<'a>> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for (index, nginx) in context.stack.nginx.iter().enumerate() {
        let zones = zones(context, nginx, kind);
        if zones.is_empty() {
            continue;
        }
        for scope in in_the_way(context, index, nginx, kind) {
            let on = nginx.flag(context.files, scope, &format!("{kind}_dry_run"), false);
            if on.is_none_or(|dry| dry.value) {
                continue;
            }
            for node in nginx.here(context.files, scope, kind) {
                let Some(zone) = named(node).and_then(|name| zones.iter().find(|zone| zone.name == name))
                else {
                    continue;
                };
                let status = nginx.text(context.files, scope, &format!("{kind}_status"));
                let status = status.map_or(Some(503), |status| nginx_number(&status.value).ok());
                if let Some(status) = status.filter(|_| seen.insert(node.at())) {
                    found.push(Limit { node, zone: zone.clone(), status });
                }
            }
        }
    }
    found
}

/// The name of the zone of a `limit_req` or `limit_conn`.
fn named(node: NodeRef<'_>) -> Option<String> {
    let mut args = node.args();
    match node.name() {
        "limit_req" => args.find_map(|arg| arg.strip_prefix("zone=").map(str::to_owned)),
        _ => args.next().map(std::borrow::Cow::into_owned),
    }
}

/// The zones whose key tells: it is made of variables nginx sets itself. What a `map` makes may be empty, and then
/// nothing is counted.
fn zones<'a>(context: &Context<'a>, nginx: &'a Nginx, kind: &str) -> Vec<Zone<'a>> {
    let directive = format!("{kind}_zone");
    let everywhere = nginx.of_kind(ScopeKind::Http);
    let nodes = everywhere.flat_map(|scope| nginx.here(context.files, scope, &directive));
    nodes
        .filter_map(|node| {
            let key = node.arg(0)?;
            let zone = node.args().find_map(|arg| arg.strip_prefix("zone=").map(str::to_owned))?;
            let name_of = |reference| match reference {
                Reference::Variable(_, name) => &key[name],
                _ => "",
            };
            let names: Vec<&str> = references(&key).map(name_of).collect();
            let known = names.iter().all(|name| VISITOR.contains(name) || SITE.contains(name));
            let by_visitor = names.iter().any(|name| VISITOR.contains(name));
            let name = zone.split(':').next()?.to_owned();
            known.then_some(Zone { node, name, by_visitor })
        })
        .collect()
}

/// The contexts whose limits of this kind pages have to pass.
fn in_the_way(context: &Context<'_>, index: usize, nginx: &Nginx, kind: &str) -> Vec<ScopeId> {
    let mut scopes = Vec::new();
    let mut sites = HashSet::new();
    for hop in context.stack.hops.iter().filter(|hop| hop.gateway == Gateway::Nginx(index)) {
        sites.extend(nginx.enclosing(hop.scope, ScopeKind::Server));
        let Some((limited, _)) = nginx.list(context.files, hop.scope, kind) else { continue };
        let known = nginx.around(hop.scope).take_while(|&id| id > limited).all(|id| !nginx.scope(id).open);
        if known
            && (nginx.scope(limited).kind != ScopeKind::Location || serves_pages(context, nginx, limited))
        {
            scopes.push(limited);
        }
    }
    // What is in the site's `/` are its pictures and scripts, even where PHP stands beside it.
    let roots = nginx.of_kind(ScopeKind::Location).filter(|&id| {
        nginx.enclosing(id, ScopeKind::Server).is_some_and(|site| sites.contains(&site))
            && serves_pages(context, nginx, id)
    });
    scopes.extend(roots);
    scopes
}

/// Whether a location is `/`, a named one, or all that ends in `.php`.
fn serves_pages(context: &Context<'_>, nginx: &Nginx, scope: ScopeId) -> bool {
    let Some(at) = nginx.scope(scope).at else { return false };
    let args: Vec<_> = context.files.node(at).args().collect();
    let Some(Ok((kind, arg, skip))) = nginx_location(&args) else { return false };
    let pattern = &args[arg][skip..];
    match kind {
        LocationKind::Exact => false,
        LocationKind::Prefix => pattern == "/",
        LocationKind::Named => true,
        LocationKind::Regex => match pattern.split_once(".php") {
            Some((before, after)) => {
                !before.contains(char::is_alphanumeric) && !after.contains(char::is_alphanumeric)
            }
            None => false,
        },
    }
}
