//! Workers of mod_proxy: what `ProxyPass`, `<Proxy>` and `BalancerMember` define.

use crate::load::Workspace;
use crate::load::apache::Arg;
use crate::source::Span;
use crate::tree::At;
use crate::value;

use super::{Apache, SectionKind};
use crate::stack::nginx::ScopeId;

/// A defined worker. A request belongs to the worker whose URL is the longest beginning of its own.
#[derive(Debug)]
pub struct Worker {
    /// Its URL, in lower case; of a unix socket the part behind the `|`.
    pub url: String,
    /// The directive that defines it.
    pub at: At,
    /// Where it is defined.
    pub span: Span,
    /// Its `key=value` parameters and where each is written.
    pub params: Vec<(String, String, Span)>,
    /// The virtual host it belongs to; workers of the main server serve all.
    pub vhost: ScopeId,
    /// By what it is defined.
    pub role: Role,
}

/// By what a worker is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// `ProxyPass`, `ProxyPassMatch`: of several with one URL the first counts (AH01146).
    Pass,
    /// `<Proxy>` and its `ProxySet`: changes a worker that is there; the last one counts.
    Set,
}

impl Worker {
    /// The value of a parameter, and where it is written.
    pub fn param(&self, key: &str) -> Option<(&str, Span)> {
        let found = self.params.iter().rev().find(|(name, ..)| name.eq_ignore_ascii_case(key))?;
        Some((&found.1, found.2))
    }

    /// `timeout=` in seconds, read with `atoi()` as httpd does.
    pub fn timeout(&self) -> Option<(i64, Span)> {
        let (text, span) = self.param("timeout")?;
        Some((i64::from(value::apache_int(text).value), span))
    }
}

/// A `balancer://name` and its members.
#[derive(Debug)]
pub struct Balancer {
    /// Its name.
    pub name: String,
    /// The members: URL, the `BalancerMember` line.
    pub members: Vec<(Arg, At)>,
}

/// Finds all workers and balancers of `apache`.
pub(super) fn collect(files: &Workspace, apache: &mut Apache) {
    let mut workers = Vec::new();
    let mut balancers: Vec<Balancer> = Vec::new();
    for id in apache.section_ids() {
        let section = apache.section(id);
        let vhost = apache.vhost_of(id);
        let named = section.args.first().filter(|_| section.kind == SectionKind::Proxy);
        if let (Some(url), Some(at), [_, params @ ..]) = (named, section.at, section.args.as_slice()) {
            // `<Proxy "fcgi://app" timeout=60>`
            if !params.is_empty() {
                workers.push(Worker {
                    url: worker_url(&url.value),
                    at,
                    span: files.node(at).head(),
                    params: params.iter().filter_map(parameter).collect(),
                    vhost,
                    role: Role::Set,
                });
            }
        }
        for entry in &section.entries {
            let define = |url: &Arg, params: &[Arg]| Worker {
                url: worker_url(&url.value),
                at: entry.at,
                span: entry.span(files),
                params: params.iter().filter_map(parameter).collect(),
                vhost,
                role: if entry.name == "proxyset" { Role::Set } else { Role::Pass },
            };
            match (entry.name.as_str(), named) {
                ("proxypass" | "proxypassmatch", _) => {
                    if let Some(index) = entry.args.iter().position(|arg| is_url(&arg.value)) {
                        workers.push(define(&entry.args[index], &entry.args[index + 1..]));
                    }
                }
                ("proxyset", Some(url)) => workers.push(define(url, &entry.args)),
                ("balancermember", Some(balancer)) => {
                    if let Some(url) = entry.args.first() {
                        add_member(&mut balancers, &balancer.value, url, entry.at);
                    }
                }
                ("balancermember", None) => {
                    if let [balancer, url, ..] = entry.args.as_slice() {
                        add_member(&mut balancers, &balancer.value, url, entry.at);
                    }
                }
                _ => {}
            }
        }
    }
    apache.workers = workers;
    apache.balancers = balancers;
}

fn add_member(balancers: &mut Vec<Balancer>, url: &str, member: &Arg, at: At) {
    let name = balancer_name(url);
    match balancers.iter_mut().find(|balancer| balancer.name == name) {
        Some(balancer) => balancer.members.push((member.clone(), at)),
        None => balancers.push(Balancer { name, members: vec![(member.clone(), at)] }),
    }
}

/// The name in `balancer://name/path`.
pub(super) fn balancer_name(url: &str) -> String {
    let rest = url.strip_prefix("balancer://").unwrap_or(url);
    rest.split('/').next().unwrap_or(rest).to_ascii_lowercase()
}

fn is_url(text: &str) -> bool {
    text.contains("://")
}

/// The URL httpd knows a worker by.
fn worker_url(url: &str) -> String {
    let url = url.strip_prefix("unix:").and_then(|rest| rest.split_once('|')).map_or(url, |(_, url)| url);
    url.trim_end_matches('/').to_ascii_lowercase()
}

fn parameter(arg: &Arg) -> Option<(String, String, Span)> {
    let (key, value) = arg.value.split_once('=')?;
    Some((key.to_owned(), value.to_owned(), arg.span))
}

impl Apache {
    /// What the worker of a request to `url` from `vhost` says last under `key`, and where.
    pub fn worker_param(&self, url: &str, vhost: ScopeId, key: &str) -> Option<(&str, Span)> {
        let found = self.worker_for(url, vhost)?;
        // The worker of a `ProxyPassMatch` with `$1` in its URL is its own; no `<Proxy>` gets to it.
        let pattern = found.url.contains('$');
        let same = |worker: &&Worker| {
            worker.url == found.url && (worker.vhost == vhost || worker.vhost == ScopeId(0))
        };
        let of = |role: Role| self.workers.iter().filter(same).filter(move |worker| worker.role == role);
        let set = of(Role::Set).rev().find_map(|worker| worker.param(key)).filter(|_| !pattern);
        set.or_else(|| of(Role::Pass).next()?.param(key))
    }

    /// The defined worker a request to `url` from `vhost` belongs to.
    pub fn worker_for(&self, url: &str, vhost: ScopeId) -> Option<&Worker> {
        let url = worker_url(url);
        let fits = |worker: &&Worker| {
            (worker.vhost == vhost || worker.vhost == ScopeId(0))
                && !worker.url.is_empty()
                && url.strip_prefix(&worker.url).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.workers.iter().filter(fits).max_by_key(|worker| worker.url.len())
    }
}
