//! `apache/proxypass-slash`: the path of a `ProxyPass` ends in a slash and its URL does not, or the other way round.

use std::collections::HashSet;

use super::mapping::Mapping;
use super::rewrite_target;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::apache::Arg;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::value::regex_groups;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/proxypass-slash",
    severity: Severity::Error,
    summary: "path and URL of a ProxyPass run together, because one of them ends in a slash and the other does not",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/proxypass-slash.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for apache in &context.stack.apache {
        for mapping in Mapping::all(apache).filter(|mapping| !mapping.excludes()) {
            let found =
                if mapping.is_regex() { of_regex(context, &mapping) } else { of_path(context, &mapping) };
            if let Some((severity, found)) = found.filter(|_| seen.insert(mapping.entry.at)) {
                sink.report_as(severity, found);
            }
        }
        for (scope, entry) in apache.everywhere("rewriterule") {
            let Some(rewrite) = rewrite_target::Proxied::of(apache, scope, entry) else { continue };
            let found = joined(rewrite.pattern, rewrite.caseless, rewrite.substitution, 0, rewrite.samples);
            if let Some(joined) = found.filter(|_| seen.insert(entry.at)) {
                sink.report(joined.finding(entry.span(context.files)));
            }
        }
    }
}

/// A finding about a path that is replaced by the URL.
fn of_path(context: &Context<'_>, mapping: &Mapping<'_>) -> Option<(Severity, Diagnostic)> {
    let (url, from) = mapping.bare_url();
    let (scheme, rest) = url.split_once("://")?;
    let path = mapping.path.value.as_str();
    if rest.contains(['?', '#', '$', '%']) || rest.is_empty() || !path.starts_with('/') {
        return None;
    }
    let end = from + url.len();
    match (path.ends_with('/'), rest.ends_with('/')) {
        (true, false) if !rest.contains('/') => {
            let log = log(scheme, &format!("{rest}news"), &format!("{path}news"));
            let whom = if scheme.eq_ignore_ascii_case("balancer") { "balancer" } else { "host" };
            let message = format!(
                "`{path}` ends in a slash and `{url}` does not: `{path}news` is asked of a {whom} named `{rest}news`, \
                 and answers 500"
            );
            let found = Diagnostic::new(
                mapping.span(context),
                message,
                "the rest of the path is put right behind it",
            )
            .note(log)
            .help(format!("write `{url}/`"))
            .fix(insert(mapping.url, end).map(|edit| Fix::safe(format!("write {url}/"), vec![edit])));
            Some((Severity::Error, found))
        }
        (true, false) if rest.ends_with(|c: char| c.is_ascii_alphanumeric()) => {
            let last = format!("/{}", rest.split_once('/')?.1);
            let message = format!(
                "`{path}` ends in a slash and `{url}` does not: `{path}news` is asked of the backend as `{last}news`"
            );
            let found = Diagnostic::new(
                mapping.span(context),
                message,
                "the rest of the path is put right behind it",
            )
            .note("the backend answers 404; Apache logs nothing")
            .help(format!("write `{url}/`"))
            .fix(insert(mapping.url, end).map(|edit| Fix::risky(format!("write {url}/"), vec![edit])));
            Some((Severity::Warning, found))
        }
        (false, true)
            if scheme.to_ascii_lowercase().starts_with("http")
                && !path.rsplit('/').next()?.contains('.')
                && !merges(context, mapping) =>
        {
            let last = format!("/{}", rest.split_once('/')?.1);
            let shorter = &url[..url.len() - 1];
            let message = format!(
                "`{url}` ends in a slash and `{path}` does not: `{path}/news` is asked of the backend as `{last}/news`"
            );
            let edit = mapping.url.part(end - 1, end).map(|span| Edit::replace(span, ""));
            let found = Diagnostic::new(
                mapping.span(context),
                message,
                "what follows begins with a slash of its own",
            )
            .note("a backend that does not merge slashes answers 404; Apache logs nothing")
            .help(format!("write `{shorter}`, or `{path}/`"))
            .fix(edit.map(|edit| Fix::risky(format!("write {shorter}"), vec![edit])));
            Some((Severity::Warning, found))
        }
        _ => None,
    }
}

/// Whether all that the URL leads to is an nginx or an Apache, which merge slashes unless told otherwise.
fn merges(context: &Context<'_>, mapping: &Mapping<'_>) -> bool {
    let mut hops = context.stack.hops.iter().filter(|hop| hop.at == mapping.entry.at);
    hops.any(|hop| hop.legs.iter().all(|leg| context.stack.listeners_at(leg).next().is_some()))
}

/// A finding about a path that matches an expression.
fn of_regex(context: &Context<'_>, mapping: &Mapping<'_>) -> Option<(Severity, Diagnostic)> {
    let (_, from) = mapping.bare_url();
    let joined = joined(&mapping.path.value, false, mapping.url, from, SAMPLES)?;
    Some((Severity::Error, joined.finding(mapping.span(context))))
}

/// Paths as they are asked for. One whose group is put behind the port without a slash is enough.
const SAMPLES: &[&str] = &["/news", "/news/", "/app/news", "/api/v1/news", "/index.php", "/img/a.png"];

/// A group of an expression that stands right behind a host or port.
struct Joined<'a> {
    url: &'a Arg,
    /// Where the group stands in the URL.
    at: usize,
    scheme: &'a str,
    /// A path, and the host it leads to.
    sample: &'static str,
    host: String,
}

/// The group behind a host or port, if it holds text that does not begin with a slash.
fn joined<'a>(
    pattern: &str,
    caseless: bool,
    url: &'a Arg,
    from: usize,
    samples: &'static [&'static str],
) -> Option<Joined<'a>> {
    let (scheme, rest) = url.value[from..].split_once("://")?;
    let dollar = rest.find('$').filter(|&at| !rest[..at].contains(['/', '%', '@']))?;
    let group = rest[dollar + 1..].chars().next()?.to_digit(10)?;
    let host = &rest[..dollar];
    if !(host.contains(['.', ':']) && !host.ends_with(['.', ':', '-']) || host == "localhost") {
        return None;
    }
    let hit = samples.iter().find_map(|sample| {
        let text = regex_groups(pattern, caseless, sample)?.into_iter().nth(group as usize)?;
        (!text.is_empty() && !text.starts_with(['/', ':', '?', '#'])).then_some((*sample, text))
    });
    let (sample, text) = hit?;
    let word = text.split(['/', '?']).next().unwrap_or(&text);
    let at = from + scheme.len() + 3 + dollar;
    Some(Joined { url, at, scheme, sample, host: format!("{host}{word}") })
}

impl Joined<'_> {
    fn finding(&self, span: Span) -> Diagnostic {
        let (before, behind) = self.url.value.split_at(self.at);
        let right = format!("{before}/{behind}");
        let path =
            if self.sample.starts_with('/') { self.sample.to_owned() } else { format!("/{}", self.sample) };
        let message = format!(
            "no slash stands between host and path in `{}`: `{path}` is asked of a host named `{}`, and answers 500",
            self.url.value, self.host
        );
        Diagnostic::new(span, message, "the matched text is put right behind the host")
            .note(log(self.scheme, &self.host, &path))
            .help(format!("write `{right}`"))
            .fix(insert(self.url, self.at).map(|edit| Fix::safe(format!("write {right}"), vec![edit])))
    }
}

/// What Apache logs about a host that there cannot be.
fn log(scheme: &str, host: &str, path: &str) -> String {
    if scheme.eq_ignore_ascii_case("balancer") {
        format!("Apache logs: AH01144: No protocol handler was valid for the URL {path} (scheme 'balancer')")
    } else {
        format!("Apache logs: AH00898: DNS lookup failure for: {host} returned by {path}")
    }
}

/// Puts a slash into an argument.
fn insert(arg: &Arg, at: usize) -> Option<Edit> {
    Some(Edit::replace(arg.part(at, at)?, "/"))
}
