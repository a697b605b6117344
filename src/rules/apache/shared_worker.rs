//! `apache/shared-worker`: the parameters of a `ProxyPass` are dropped, because its URL begins with that of another.

use super::mapping::{By, Mapping, covers, move_line, sections_by_host};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::Apache;
use crate::stack::nginx::ScopeId;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/shared-worker",
    severity: Severity::Warning,
    summary: "the parameters of a ProxyPass are dropped, because its URL begins with that of another one",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/apache/shared-worker.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in &context.stack.apache {
        let mut hosts: Vec<(ScopeId, Vec<ScopeId>)> = sections_by_host(apache).into_iter().collect();
        hosts.sort_unstable_by_key(|(host, _)| *host);
        for (_, sections) in hosts {
            let mut workers: Vec<Mapping<'_>> = Vec::new();
            for line in lines(apache, &sections) {
                let shared = workers.iter().filter(|worker| begins(url(&line), url(worker)));
                let Some(worker) = shared.max_by_key(|worker| url(worker).len()).copied() else {
                    workers.push(line);
                    continue;
                };
                let lost: Vec<&str> = line
                    .params
                    .iter()
                    .map(|arg| arg.value.as_str())
                    .filter(|arg| is_lost(arg, &worker))
                    .collect();
                if !lost.is_empty() {
                    sink.report_once(finding(context, apache, &worker, &line, &lost));
                }
            }
        }
    }
}

/// The lines of a virtual host that define workers, in the order they are read.
fn lines<'a>(apache: &'a Apache, sections: &[ScopeId]) -> Vec<Mapping<'a>> {
    let mut lines: Vec<Mapping<'_>> = sections
        .iter()
        .flat_map(|&id| Mapping::in_section(apache, id))
        .filter(|line| !line.excludes() && !line.url.value.contains(['$', '%']))
        .filter(|line| !url(line).starts_with("balancer:"))
        .collect();
    lines.sort_by_key(|line| (line.entry.at.file, line.entry.at.node));
    lines
}

/// The URL a worker is known by.
fn url<'a>(line: &Mapping<'a>) -> &'a str {
    line.bare_url().0
}

/// Whether a worker takes a URL: it begins with its own, up to the end of the host at least.
fn begins(url: &str, worker: &str) -> bool {
    let host = |url: &str| {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        rest.split('/').next().unwrap_or(rest).to_ascii_lowercase()
    };
    url.starts_with(worker) && host(url) == host(worker)
}

/// Whether a parameter is dropped, and says something else than that of the worker.
fn is_lost(arg: &str, worker: &Mapping<'_>) -> bool {
    let of_line = ["interpolate", "nocanon", "noquery"];
    arg.contains('=')
        && !of_line.iter().any(|word| arg.eq_ignore_ascii_case(word))
        && !worker.params.iter().any(|other| other.value.eq_ignore_ascii_case(arg))
}

fn finding(
    context: &Context<'_>,
    apache: &Apache,
    worker: &Mapping<'_>,
    line: &Mapping<'_>,
    lost: &[&str],
) -> Diagnostic {
    let (mine, other) = (context.files.node(line.entry.at), context.files.node(worker.entry.at));
    let lost = lost.join(" ");
    let message = format!(
        "`{lost}` is dropped: `{}` shares the worker of `{}`, whose parameters count",
        url(line),
        url(worker)
    );
    let longer = url(line).len() > url(worker).len();
    let help = if longer {
        format!("write this line above the one for `{}`", url(worker))
    } else {
        format!("write `{lost}` behind the first `{}`", url(worker))
    };
    let edits = if longer && is_free(apache, worker, line) { move_line(mine, other, true) } else { None };
    let fix = edits.map(|edits| Fix::risky("define its worker first", edits));
    Diagnostic::new(mine.head(), message, "has no effect")
        .label(other.head(), "defines the worker")
        .note(format!(
            "Apache logs: AH01146: Ignoring parameter '{}' for worker '{}' because of worker sharing",
            lost.split(' ').next().unwrap_or_default(),
            worker.url.value
        ))
        .help(help)
        .fix(fix)
}

/// Whether the line may stand above the other one and still take the same requests.
fn is_free(apache: &Apache, worker: &Mapping<'_>, line: &Mapping<'_>) -> bool {
    if !(line.by == By::Path && worker.by == By::Path && line.scope == worker.scope) {
        return false;
    }
    let between =
        Mapping::in_section(apache, line.scope).skip_while(|other| other.entry.at != worker.entry.at);
    let mut between = between.take_while(|other| other.entry.at != line.entry.at);
    between.all(|other| other.by == By::Path && !covers(&line.path.value, &other.path.value))
}
