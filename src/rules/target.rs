//! Does anything listen where the gateway points?

mod admission;

pub(super) mod address_moves;
pub(super) mod backend_denies_gateway;
pub(super) mod bad_pass_syntax;
pub(super) mod fastcgi_to_http;
pub(super) mod http_to_fastcgi;
pub(super) mod localhost_two_families;
pub(super) mod pass_without_port;
pub(super) mod php_version_mismatch;
pub(super) mod port_without_listener;
pub(super) mod protocol_mismatch;
pub(super) mod proxy_loop;
pub(super) mod socket_path_too_long;
pub(super) mod socket_without_listener;
pub(super) mod undefined_upstream;
pub(super) mod unix_tcp_mismatch;
pub(super) mod unix_uri_without_colon;
pub(super) mod upstream_with_port;
pub(super) mod variable_without_resolver;

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Sink};
use crate::stack::endpoint::Endpoint;
use crate::stack::fpm::{Fpm, Pool};
use crate::stack::hop::{Gateway, Hop, Leg, Listener, Owner, Protocol};
use crate::stack::nginx::{Nginx, Upstream};

/// The hops of all nginx, each directive once, however often its file is included.
fn nginx_hops<'a>(context: &Context<'a>) -> Vec<(&'a Nginx, &'a Hop)> {
    let mut seen = HashSet::new();
    let hops = context.stack.hops.iter().filter_map(|hop| Some((context.stack.nginx_of(hop)?, hop)));
    hops.filter(|(_, hop)| seen.insert(hop.at)).collect()
}

/// The one upstream whose name is nearly `name`.
fn nearest_upstream<'a>(nginx: &'a Nginx, name: &str) -> Option<&'a Upstream> {
    let close = |upstream: &&Upstream| {
        let distance = strsim::damerau_levenshtein(name, &upstream.name);
        distance > 0 && distance <= 2 && name.len() > 2 * distance
    };
    let near: Vec<_> = nginx.upstreams.iter().filter(close).collect();
    match near.as_slice() {
        [upstream] => Some(upstream),
        _ => None,
    }
}

/// Which of the rules of this family a leg that leads nowhere belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    /// A socket of another PHP version than any that is installed.
    PhpVersion,
    /// A socket where the pools listen on a port, or the reverse.
    UnixTcp,
    /// A socket no pool listens on.
    Socket,
    /// A port no pool listens on.
    Port,
}

/// Reports the legs to PHP of one case.
fn report_php(context: &Context<'_>, sink: &mut Sink<'_>, case: Case) {
    let mut seen = HashSet::new();
    let pools = Pools::of(context);
    for hop in context.stack.hops.iter().filter(|hop| hop.protocol == Protocol::Fastcgi) {
        for leg in hop.legs.iter().filter(|leg| !leg.down) {
            if seen.insert(leg.at) && pools.case(context, hop, leg) == Some(case) {
                let severity = if pools.all_in_sight { Severity::Error } else { Severity::Warning };
                sink.report_as(severity, finding(context, hop, leg, &pools, case));
            }
        }
    }
}

/// The pools in sight, with where each listens.
struct Pools<'a> {
    listeners: Vec<(&'a Listener, &'a Fpm, &'a Pool)>,
    /// Whether the main file of a FPM is there, so that it has no other pools.
    all_in_sight: bool,
}

impl<'a> Pools<'a> {
    fn of(context: &Context<'a>) -> Self {
        let stack = context.stack;
        let listeners = stack.listeners.iter().filter_map(|listener| match listener.owner {
            Owner::Pool(fpm, pool) => Some((listener, &stack.fpm[fpm], &stack.fpm[fpm].pools[pool])),
            _ => None,
        });
        Self { listeners: listeners.collect(), all_in_sight: stack.fpm.iter().any(|fpm| fpm.whole) }
    }

    /// What is wrong with a leg; `None` when something listens there, or when that cannot be known.
    fn case(&self, context: &Context<'_>, hop: &Hop, leg: &Leg) -> Option<Case> {
        let unknown = |(listener, ..): &(&Listener, _, _)| listener.endpoint == Endpoint::Unresolved;
        let answered = context.stack.is_answered(leg) || self.is_alternatives_link(leg);
        // A container has a loopback of its own; that is what `compose` is about.
        if context.stack.compose.home(leg.at.file).is_some() {
            return None;
        }
        if self.listeners.is_empty() || self.listeners.iter().any(unknown) || answered {
            return None;
        }
        if !leg.endpoint.is_loopback() || !is_for_php(context, hop, leg) {
            return None;
        }
        let unix = |endpoint: &Endpoint| matches!(endpoint, Endpoint::Unix(_));
        if self.sibling_version(leg).next().is_some() {
            return Some(Case::PhpVersion);
        }
        let same_kind = self.listeners.iter().any(|(at, ..)| unix(&at.endpoint) == unix(&leg.endpoint));
        match (unix(&leg.endpoint), same_kind) {
            (_, false) => Some(Case::UnixTcp),
            (true, true) => Some(Case::Socket),
            (false, true) => Some(Case::Port),
        }
    }

    /// Debian links `/run/php/php-fpm.sock` to the socket of the version chosen by `update-alternatives`.
    fn is_alternatives_link(&self, leg: &Leg) -> bool {
        let Endpoint::Unix(path) = &leg.endpoint else { return false };
        let versioned = |(at, ..): &(&Listener, _, _)| match &at.endpoint {
            Endpoint::Unix(other) => other.starts_with("/run/php/php") && other.ends_with("-fpm.sock"),
            _ => false,
        };
        path == "/run/php/php-fpm.sock" && self.listeners.iter().any(versioned)
    }

    /// The pools whose socket has the path of `leg` but for the PHP version in it.
    fn sibling_version(&self, leg: &Leg) -> impl Iterator<Item = &(&'a Listener, &'a Fpm, &'a Pool)> {
        let wanted = match &leg.endpoint {
            Endpoint::Unix(path) => without_version(path),
            _ => None,
        };
        self.listeners.iter().filter(move |(at, ..)| match &at.endpoint {
            Endpoint::Unix(path) => wanted.is_some() && without_version(path) == wanted,
            _ => false,
        })
    }

    /// The pool that is meant, if only one can be, and whether that is beyond doubt.
    fn meant(&self, context: &Context<'_>, leg: &Leg) -> Option<(&'a Listener, &'a Pool, bool)> {
        if let [(listener, _, pool)] = self.listeners.as_slice() {
            return Some((listener, pool, true));
        }
        let siblings: Vec<_> = self.sibling_version(leg).collect();
        if let [(listener, _, pool)] = siblings.as_slice() {
            return Some((listener, pool, true));
        }
        let idle: Vec<_> = self.listeners.iter().filter(|(at, ..)| !context.stack.is_called(at)).collect();
        match idle.as_slice() {
            [(listener, _, pool)] => Some((listener, pool, alike(leg, listener, pool))),
            _ => None,
        }
    }
}

/// Whether the text a gateway calls looks like the pool: its name is in it, or the paths are close.
fn alike(leg: &Leg, listener: &Listener, pool: &Pool) -> bool {
    let (one, other) = (leg.endpoint.to_string(), listener.endpoint.to_string());
    one.contains(&pool.name) || strsim::normalized_damerau_levenshtein(&one, &other) > 0.8
}

/// A path with a PHP version in it, without that version: `/run/php/php-fpm.sock` of
/// `/run/php/php8.2-fpm.sock`.
fn without_version(path: &str) -> Option<String> {
    let at = path.rfind("php")? + 3;
    let rest = path[at..].trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    (rest.len() < path.len() - at).then(|| format!("{}{rest}", &path[..at]))
}

/// Other programs speak `FastCGI` too (fcgiwrap, mailman): a leg is to PHP when something says so.
fn is_for_php(context: &Context<'_>, hop: &Hop, leg: &Leg) -> bool {
    let address = leg.endpoint.to_string();
    let by_address = address.contains("php") || address.contains("fpm") || address.ends_with(":9000");
    let by_place = match context.stack.nginx_of(hop) {
        Some(nginx) => {
            let title = nginx.title(context.files, hop.scope);
            let index = nginx.text(context.files, hop.scope, "fastcgi_index");
            title.contains("php") || index.is_some_and(|index| index.value.contains("php"))
        }
        None => true,
    };
    by_address || by_place
}

fn finding(context: &Context<'_>, hop: &Hop, leg: &Leg, pools: &Pools<'_>, case: Case) -> Diagnostic {
    let status = status(hop);
    let target = &leg.shown;
    let message = match case {
        Case::PhpVersion => {
            format!("{target} belongs to a PHP version that has no pool: every request answers {status}")
        }
        Case::UnixTcp => {
            let unix = |endpoint: &Endpoint| matches!(endpoint, Endpoint::Unix(_));
            let other = if unix(&leg.endpoint) { "ports" } else { "sockets" };
            let all = pools.listeners.iter().all(|(at, ..)| unix(&at.endpoint) != unix(&leg.endpoint));
            let place = if all { format!("on {other}") } else { "elsewhere".to_owned() };
            format!("nothing listens on {target}, the pools listen {place}: every request answers {status}")
        }
        Case::Socket | Case::Port => format!("no pool listens on {target}: every request answers {status}"),
    };
    let mut diagnostic = Diagnostic::new(leg.span, message, "called here").note(log_line(hop, leg));
    if leg.at != hop.at {
        diagnostic = diagnostic.label(hop.span, "requests go through it from here");
    }
    let Some((listener, pool, sure)) = pools.meant(context, leg) else {
        let all: Vec<String> = pools.listeners.iter().map(|(at, ..)| at.shown.to_string()).collect();
        return diagnostic.help(format!("call one of the pools that are there: {}", all.join(", ")));
    };
    let to = &listener.shown;
    let build = if sure { Fix::safe } else { Fix::risky };
    let fix = leg.redirect(listener).map(|edit| build(format!("call {to}"), vec![edit]));
    diagnostic
        .label(listener.span, format!("pool [{}] listens on {to}", pool.name))
        .help(format!("call {to}, where pool [{}] listens", pool.name))
        .fix(fix)
}

/// What the visitor gets when a gateway cannot connect.
pub(super) fn status(hop: &Hop) -> u16 {
    match hop.gateway {
        Gateway::Nginx(_) => 502,
        Gateway::Apache(_) => 503,
    }
}

/// What the gateway logs when nothing listens where it connects.
pub(super) fn log_line(hop: &Hop, leg: &Leg) -> String {
    let target = leg.shown.to_string();
    let path = matches!(leg.endpoint, Endpoint::Unix(_)).then(|| target.trim_start_matches("unix:"));
    match (hop.gateway, path) {
        (Gateway::Nginx(_), Some(_)) => format!(
            "nginx logs: connect() to {target} failed (2: No such file or directory) while connecting to upstream"
        ),
        (Gateway::Nginx(_), None) => {
            "nginx logs: connect() failed (111: Connection refused) while connecting to upstream".to_owned()
        }
        (Gateway::Apache(_), Some(path)) => format!(
            "Apache logs: (2)No such file or directory: AH02454: {}: attempt to connect to Unix domain socket {path} failed",
            apache_word(hop.protocol)
        ),
        (Gateway::Apache(_), None) => format!(
            "Apache logs: (111)Connection refused: AH00957: {}: attempt to connect to {target} failed",
            apache_word(hop.protocol)
        ),
    }
}

/// What Apache calls a protocol in its log.
fn apache_word(protocol: Protocol) -> String {
    if protocol == Protocol::Fastcgi { "FCGI".to_owned() } else { protocol.word().to_uppercase() }
}

/// The first name server of the machine.
pub(in crate::rules) fn name_server(context: &Context<'_>) -> Option<String> {
    let text = context.disk.read(&context.files.root.join("etc/resolv.conf")).ok()?;
    let text = String::from_utf8(text).ok()?;
    let address = text.lines().find_map(|line| line.strip_prefix("nameserver"))?.trim().to_owned();
    address.parse::<std::net::Ipv4Addr>().ok().map(|address| address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_taken_out_of_paths() {
        let plain = Some("/run/php/php-fpm.sock".to_owned());
        assert_eq!(without_version("/run/php/php8.2-fpm.sock"), plain);
        assert_eq!(without_version("/run/php/php74-fpm.sock"), plain);
        assert_eq!(without_version("/run/php/php-fpm.sock"), None);
        assert_eq!(without_version("/run/shop.sock"), None);
    }
}
