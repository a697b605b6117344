//! `timeout/handler-ignores-worker`: a `timeout=` is set for a worker that PHP does not go through.

use std::collections::HashSet;

use super::{Limit, apache_seconds};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::apache::{Apache, Entry, Role, Worker};
use crate::stack::hop::{Gateway, Hop, Protocol};
use crate::stack::nginx::ScopeId;
use crate::tree::At;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "timeout/handler-ignores-worker",
    severity: Severity::Warning,
    summary: "a timeout is set for a worker that PHP does not go through",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/timeout/handler-ignores-worker.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for missed in all(context) {
        sink.report(missed.finding(context));
    }
}

/// The handlers whose short wait is explained by this rule.
pub(super) fn handlers_without_their_worker(context: &Context<'_>) -> HashSet<At> {
    all(context).into_iter().filter_map(|missed| Some(missed.handler?.entry.at)).collect()
}

/// A handler that hands requests to PHP: `SetHandler "proxy:…"`.
#[derive(Debug, Clone, Copy)]
struct Handler<'a> {
    hop: &'a Hop,
    entry: &'a Entry,
    url: &'a str,
    vhost: ScopeId,
}

/// A `timeout=` that no request to PHP has.
struct Missed<'a> {
    apache: &'a Apache,
    worker: &'a Worker,
    seconds: i64,
    /// Where `timeout=` is written.
    span: Span,
    /// The handler it was meant for, if only one can be.
    handler: Option<Handler<'a>>,
}

/// All of them: workers of `<Proxy>` that nothing goes through, and lines of `ProxyPass` to the pool of a handler
/// that waits too short.
fn all<'a>(context: &Context<'a>) -> Vec<Missed<'a>> {
    let mut found = Vec::new();
    for (index, apache) in context.stack.apache.iter().enumerate() {
        let handlers = handlers(context, apache, Gateway::Apache(index));
        for worker in &apache.workers {
            let Some((seconds, span)) = timeout(worker) else { continue };
            let missed = |handler| Missed { apache, worker, seconds, span, handler };
            match worker.role {
                Role::Set if is_idle(context, apache, Gateway::Apache(index), worker) => {
                    let candidates: Vec<_> = without_worker(apache, &handlers, worker).collect();
                    if !candidates.is_empty() {
                        found.push(missed(meant(&candidates, worker)));
                    }
                }
                Role::Pass => {
                    let waiting = handlers
                        .iter()
                        .find(|handler| waits_in_vain(context, apache, worker, seconds, handler));
                    found.extend(waiting.map(|&handler| missed(Some(handler))));
                }
                Role::Set => {}
            }
        }
    }
    found
}

/// The `timeout=` of a `FastCGI` worker, as Apache reads it.
fn timeout(worker: &Worker) -> Option<(i64, Span)> {
    let (text, span) = worker.param("timeout").filter(|_| worker.url.starts_with("fcgi://"))?;
    Some((apache_seconds(text)?, span))
}

fn handlers<'a>(context: &Context<'a>, apache: &'a Apache, gateway: Gateway) -> Vec<Handler<'a>> {
    let hops = context.stack.hops.iter();
    let here = hops.filter(|hop| hop.gateway == gateway && hop.protocol == Protocol::Fastcgi);
    here.filter_map(|hop| {
        let (entry, url) = apache.url_of(hop)?;
        let vhost = apache.vhost_of(hop.scope);
        entry.name.ends_with("handler").then_some(Handler { hop, entry, url, vhost })
    })
    .collect()
}

/// Whether no directive hands anything to a worker. A target with a variable may be any of them.
fn is_idle(context: &Context<'_>, apache: &Apache, gateway: Gateway, worker: &Worker) -> bool {
    let mut hops = context.stack.hops.iter().filter(|hop| hop.gateway == gateway);
    let used = |hop: &Hop| {
        let Some((_, url)) = apache.url_of(hop) else { return true };
        let authority = url.split("://").nth(1).unwrap_or(url).split('/').next().unwrap_or(url);
        let reached = apache.worker_for(url, apache.vhost_of(hop.scope)).map(|found| &found.url);
        authority.contains(['$', '%']) || hop.upstream.is_some() || reached == Some(&worker.url)
    };
    apache.whole && !hops.any(used)
}

/// The handlers that have no worker of their own and could go through `worker`.
fn without_worker<'a, 'b>(
    apache: &'b Apache,
    handlers: &'b [Handler<'a>],
    worker: &'b Worker,
) -> impl Iterator<Item = Handler<'a>> + 'b {
    let bare = |handler: &&Handler<'a>| {
        let in_reach = worker.vhost == handler.vhost || worker.vhost == ScopeId(0);
        in_reach && apache.worker_for(handler.url, handler.vhost).is_none()
    };
    handlers.iter().filter(bare).copied()
}

/// The handler whose name is most like the worker's, when only one is.
fn meant<'a>(candidates: &[Handler<'a>], worker: &Worker) -> Option<Handler<'a>> {
    let wanted = host(&worker.url);
    let alike = |handler: &&Handler<'_>| {
        let name = host(handler.url);
        wanted.starts_with(&name)
            || name.starts_with(&wanted)
            || strsim::normalized_damerau_levenshtein(&name, &wanted) > 0.7
    };
    let close: Vec<_> = candidates.iter().filter(alike).collect();
    match (candidates, close.as_slice()) {
        ([only], _) => Some(*only),
        (_, [only]) => Some(**only),
        _ => None,
    }
}

/// The name in `unix:/path|fcgi://name/`.
fn host(url: &str) -> String {
    let rest = url.rsplit_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).to_ascii_lowercase()
}

/// Whether a handler goes to the pool of a `ProxyPass` line, past its worker, and waits too short.
fn waits_in_vain(
    context: &Context<'_>,
    apache: &Apache,
    worker: &Worker,
    seconds: i64,
    handler: &Handler<'_>,
) -> bool {
    let mut hops = context.stack.hops.iter();
    let Some(pass) = hops.find(|hop| hop.at == worker.at) else { return false };
    let same_pool =
        pass.legs.iter().any(|leg| handler.hop.legs.iter().any(|other| other.endpoint == leg.endpoint));
    let in_reach = worker.vhost == handler.vhost;
    if !same_pool || !in_reach || apache.worker_for(handler.url, handler.vhost).is_some() {
        return false;
    }
    let pool = handler.hop.legs.iter().find_map(|leg| context.stack.pool_at(leg));
    let limit = pool.and_then(|(fpm, pool)| Limit::of(context, None, fpm, pool));
    let wait = wait(apache, handler.vhost);
    limit.zip(wait).is_some_and(|(limit, wait)| wait < limit.seconds && wait < seconds)
}

/// How long Apache waits where no worker says anything.
fn wait(apache: &Apache, vhost: ScopeId) -> Option<i64> {
    let found = apache.find(vhost, "proxytimeout").or_else(|| apache.find(vhost, "timeout"));
    match found {
        Some((entry, _)) => apache_seconds(entry.value(0)?),
        None => apache.whole.then_some(60),
    }
}

impl Missed<'_> {
    fn finding(&self, context: &Context<'_>) -> Diagnostic {
        let url = self.handler.map(|handler| format!("fcgi://{}", host(handler.url)));
        let instead = self.handler.and_then(|handler| wait(self.apache, handler.vhost));
        let message = match instead {
            Some(wait) => format!(
                "PHP does not go through this worker: its timeout of {} s never applies, and a request to PHP answers 504 after {wait} s",
                self.seconds
            ),
            None => format!(
                "no handler goes through this worker: its timeout of {} s never applies",
                self.seconds
            ),
        };
        let mut found = Diagnostic::new(self.span, message, "applies to this worker only")
            .note("Apache logs: (70007)The timeout specified has expired: AH01075: Error dispatching request to : (polling)");
        if let Some(handler) = self.handler {
            let text =
                format!("PHP goes through here, to a worker named {}", url.as_deref().unwrap_or_default());
            found = found.label(handler.entry.span(context.files), text);
        }
        let help = match &url {
            Some(url) => format!(
                "name the worker as the handler does behind the `|`: `<Proxy \"{url}\">` with `ProxySet timeout={}`",
                self.seconds
            ),
            None => "name the worker as the handler does behind the `|`".to_owned(),
        };
        found.help(help).fix(url.and_then(|url| self.repair(context, &url)))
    }

    /// Renames an idle `<Proxy>`, or gives the handler a worker beside the `ProxyPass` line.
    fn repair(&self, context: &Context<'_>, url: &str) -> Option<Fix> {
        let handler = self.handler?;
        if self.worker.role == Role::Set {
            let node = context.files.node(self.worker.at);
            let section = if node.body().is_some() { node } else { node.parent()? };
            let span = section.plain_span(0)?;
            let name = host(&self.worker.url);
            let lo = span.hi.checked_sub(u32::try_from(name.len()).ok()?)?;
            let place = Span::new(lo, span.hi);
            let is_name = context.sources.text(place).eq_ignore_ascii_case(&name);
            let edit = Edit::replace(place, host(handler.url));
            return is_name.then(|| Fix::safe(format!("name the worker {url}"), vec![edit]));
        }
        let section = self
            .apache
            .around(handler.hop.scope)
            .find(|&id| self.apache.section(id).parent == Some(handler.vhost));
        let at = section.and_then(|id| self.apache.section(id).at).unwrap_or(handler.entry.at);
        let node = context.files.node(at);
        let step = if node.indent().contains('\t') { "\t" } else { "    " };
        let indent = node.indent();
        let text =
            format!("<Proxy \"{url}\">\n{indent}{step}ProxySet timeout={}\n{indent}</Proxy>\n", self.seconds);
        Some(Fix::safe(
            format!("give the handler's worker {url} the timeout"),
            vec![edits::insert_line_before(node, text.trim_end())],
        ))
    }
}
