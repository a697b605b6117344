//! `apache/worker-collision`: requests for one socket go to another, because both have one name behind the `|`.

use super::mapping::{Mapping, sections_by_host};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::apache::Arg;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Entry, SectionKind};
use crate::stack::endpoint::Endpoint;
use crate::stack::nginx::ScopeId;
use crate::tree::At;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/worker-collision",
    severity: Severity::Error,
    summary: "requests for one socket go to another one, because both have the same name behind the `|`",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/worker-collision.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in &context.stack.apache {
        let sections = sections_by_host(apache);
        let of = |host: ScopeId| sections.get(&host).map_or(&[][..], Vec::as_slice);
        let of_main = Workers::of(context, apache, of(ScopeId(0)));
        for host in std::iter::once(ScopeId(0)).chain(apache.vhosts()) {
            let own =
                if host == ScopeId(0) { Workers::default() } else { Workers::of(context, apache, of(host)) };
            // Where no worker has a socket of its own, each handler keeps the one it names.
            if of_main.defined.iter().chain(&own.defined).all(|worker| worker.socket.is_none()) {
                continue;
            }
            let workers: Vec<&Worker<'_>> = of_main.defined.iter().chain(&own.defined).collect();
            let of_host = if host == ScopeId(0) { &of_main.users } else { &own.users };
            let mine = if host == ScopeId(0) { &[][..] } else { of(host) };
            let handlers = handlers(context, apache, host, of(ScopeId(0)).iter().chain(mine));
            for user in of_host.iter().chain(&handlers) {
                let Some(other) = taken_by(&workers, user) else { continue };
                sink.report_once(finding(context, user, other, &workers));
            }
        }
    }
}

/// A worker with a socket of its own, or none.
struct Worker<'a> {
    /// Its name: the URL behind the `|`, up to the first group of an expression.
    name: &'a str,
    socket: Option<Endpoint>,
    at: At,
}

/// A directive that hands requests to a socket.
struct User<'a> {
    entry: &'a Entry,
    arg: &'a Arg,
    /// Where the URL begins in the argument.
    from: usize,
    /// A URL as requests ask for it.
    asked: String,
    socket: Option<Endpoint>,
}

/// The workers of a server or virtual host.
#[derive(Default)]
struct Workers<'a> {
    defined: Vec<Worker<'a>>,
    users: Vec<User<'a>>,
}

impl<'a> Workers<'a> {
    /// The workers the sections of a host define, in order. What begins with the name of one that is there shares it.
    fn of(context: &Context<'_>, apache: &'a Apache, sections: &[ScopeId]) -> Self {
        let mut workers = Self::default();
        for &id in sections {
            let section = apache.section(id);
            let sets = section.args.len() > 1 || apache.here(id, "proxyset").next().is_some();
            if let (SectionKind::Proxy, Some(arg), Some(at), true) =
                (section.kind, section.args.first(), section.at, sets)
            {
                let (socket, url, _) = split(context, &arg.value);
                workers.define(url, socket, at);
            }
            for line in Mapping::in_section(apache, id).filter(|line| !line.excludes()) {
                let (socket, url, from) = split(context, &line.url.value);
                let name = &url[..url.find('$').unwrap_or(url.len())];
                if !name.contains("://") || name.starts_with("balancer:") {
                    continue;
                }
                workers.define(name, socket.clone(), line.entry.at);
                let asked = format!("{}/", name.trim_end_matches('/'));
                let asked = if name.contains('$') { name.to_owned() } else { asked };
                workers.users.push(User { entry: line.entry, arg: line.url, from, asked, socket });
            }
        }
        workers
    }

    fn define(&mut self, name: &'a str, socket: Option<Endpoint>, at: At) {
        let shared = self.defined.iter().any(|worker| begins(name, worker.name));
        if !shared && name.contains("://") {
            self.defined.push(Worker { name, socket, at });
        }
    }
}

/// The handlers that count in a host: its own, and those of the main server.
fn handlers<'a, 's>(
    context: &Context<'_>,
    apache: &'a Apache,
    host: ScopeId,
    sections: impl Iterator<Item = &'s ScopeId>,
) -> Vec<User<'a>> {
    let root = apache.find(host, "documentroot").and_then(|(entry, _)| entry.value(0)).unwrap_or("");
    let mut found = Vec::new();
    for entry in sections.flat_map(|&id| apache.here(id, "sethandler")) {
        let Some(arg) = entry.args.first().filter(|arg| !arg.is_unresolved()) else { continue };
        if !arg.value.starts_with("proxy:unix:") {
            continue;
        }
        let (socket, url, from) = split(context, &arg.value["proxy:".len()..]);
        if url.contains("://") {
            let asked = format!("{url}{root}/index.php");
            found.push(User { entry, arg, from: from + "proxy:".len(), asked, socket });
        }
    }
    found
}

/// The socket and the URL of `unix:/path|scheme://name`, and where the URL begins.
fn split<'t>(context: &Context<'_>, text: &'t str) -> (Option<Endpoint>, &'t str, usize) {
    match text.strip_prefix("unix:").and_then(|rest| rest.split_once('|')) {
        Some((path, url)) => (Some(Endpoint::unix(path, &context.files.root)), url, text.len() - url.len()),
        None => (None, text, 0),
    }
}

/// Whether a URL begins with the name of a worker, its host being the same.
fn begins(url: &str, name: &str) -> bool {
    url.starts_with(name) && authority(url).eq_ignore_ascii_case(authority(name))
}

fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

/// The worker of another socket that takes the requests of a directive.
fn taken_by<'w, 'a>(workers: &[&'w Worker<'a>], user: &User<'a>) -> Option<&'w Worker<'a>> {
    let mut fit: Vec<_> = workers.iter().filter(|worker| begins(&user.asked, worker.name)).collect();
    // The longest name wins, and of the same the first one.
    fit.sort_by_key(|worker| std::cmp::Reverse(worker.name.len()));
    let worker = **fit.first()?;
    let socket = worker.socket.as_ref().filter(|socket| **socket != Endpoint::Unresolved)?;
    let other = user.socket.as_ref() != Some(socket) && user.socket != Some(Endpoint::Unresolved);
    (other && user.entry.at != worker.at).then_some(worker)
}

fn finding(
    context: &Context<'_>,
    user: &User<'_>,
    other: &Worker<'_>,
    workers: &[&Worker<'_>],
) -> Diagnostic {
    let show = |socket: &Option<Endpoint>| {
        socket.as_ref().map_or_else(|| authority(&user.asked).to_owned(), ToString::to_string)
    };
    let message = format!(
        "requests for `{}` go to `{}`: to Apache `{}` is the name of the worker of that one",
        show(&user.socket),
        show(&other.socket),
        other.name
    );
    let url = &user.arg.value[user.from..];
    let scheme = url.split_once("://").map_or("fcgi", |(scheme, _)| scheme);
    let name = free_name(user.socket.as_ref(), workers);
    let from = user.from + scheme.len() + 3;
    let place = user.arg.part(from, from + authority(&url[..url.find('$').unwrap_or(url.len())]).len());
    let edit = place.zip(name.as_ref()).map(|(span, name)| Edit::replace(span, name.clone()));
    let title = format!("name it {scheme}://{}", name.as_deref().unwrap_or_default());
    // With HTTP the name is the `Host` the backend sees.
    let fix = edit.map(|edit| {
        if scheme.eq_ignore_ascii_case("fcgi") {
            Fix::safe(title, vec![edit])
        } else {
            Fix::risky(title, vec![edit])
        }
    });
    let help = match &name {
        Some(name) => format!("give it a name of its own behind the `|`: `{scheme}://{name}`"),
        None => "give it a name of its own behind the `|`".to_owned(),
    };
    Diagnostic::new(user.entry.span(context.files), message, "never gets to its socket")
        .label(context.files.node(other.at).head(), "defines the worker of that name")
        .note("visitors get the pages of the other pool; if it is down, Apache logs: AH02454: FCGI: attempt to connect to Unix domain socket … failed")
        .help(help)
        .fix(fix)
}

/// A name after the file of a socket that no worker has.
fn free_name(socket: Option<&Endpoint>, workers: &[&Worker<'_>]) -> Option<String> {
    let Some(Endpoint::Unix(path)) = socket else { return None };
    let file = path.rsplit('/').next()?;
    let stem = file.strip_suffix(".sock").or_else(|| file.strip_suffix(".socket")).unwrap_or(file);
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    let name: String = stem.chars().map(plain).collect::<String>().trim_matches(['-', '.']).to_owned();
    let taken = |name: &str| {
        workers.iter().any(|worker| {
            authority(worker.name).eq_ignore_ascii_case(name) && worker.socket.as_ref() != socket
        })
    };
    let names = [name.clone(), format!("{name}-pool"), format!("{name}-2")];
    names.into_iter().find(|candidate| !name.is_empty() && !taken(candidate))
}
