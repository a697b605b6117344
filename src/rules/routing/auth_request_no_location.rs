//! `routing/auth-request-no-location`: `auth_request` asks what no location answers.

use std::collections::HashSet;

use super::files::{file, serves_files};
use super::{AuthRequest, auth_requests, is_placeholder};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::spelling::closest;
use crate::stack::nginx::{LocationHead, Nginx, Route, ScopeId, ScopeKind};
use crate::tree::NodeRef;
use crate::value::LocationKind;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "routing/auth-request-no-location",
    severity: Severity::Error,
    summary: "`auth_request` asks what no location answers",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/routing/auth-request-no-location.md"),
    check,
};

const LOG: &str = "nginx starts, and logs with each request: auth request unexpected status: 404";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for asked in auth_requests(context) {
        let Some(path) = asked.node.arg(0).filter(|path| path != "off" && !is_placeholder(path)) else {
            continue;
        };
        if !seen.insert(asked.node.at()) {
            continue;
        }
        let found = match path.find('?') {
            _ if !path.starts_with('/') => no_path(context, asked, &path),
            Some(at) => arguments(asked, &path[..at]),
            None => nowhere(context, asked, &path),
        };
        if let Some((severity, found)) = found {
            sink.report_as(severity, found);
        }
    }
}

/// What is found, and how bad it is.
type Found = Option<(Severity, Diagnostic)>;

/// `@auth`, `auth`: nginx puts what is written behind the root, and finds no such file.
fn no_path(context: &Context<'_>, asked: AuthRequest<'_>, path: &str) -> Found {
    let span = asked.node.arg_span(0)?;
    let message = if path.starts_with('@') {
        format!(
            "`auth_request` takes a path and no named location, `{path}` is never found: every request answers 500"
        )
    } else {
        format!("the path `{path}` begins with no `/` and is never found: every request answers 500")
    };
    let rooted = format!("/{}", path.trim_start_matches('@'));
    let help = match path.strip_prefix('@') {
        Some(_) => {
            format!("name the location `= {rooted}`, make it `internal`, and write `auth_request {rooted};`")
        }
        None => format!("write `auth_request {rooted};`"),
    };
    let answers = matches!(asked.nginx.route(context.files, asked.server, &rooted), Some(Route::Location(_)));
    let fix = asked
        .node
        .plain_span(0)
        .filter(|_| answers && !path.starts_with('@'))
        .map(|span| Fix::risky(format!("ask `{rooted}`"), vec![Edit::insert(span.lo, "/")]));
    Some((Severity::Error, Diagnostic::new(span, message, "not a path").note(LOG).help(help).fix(fix)))
}

/// Arguments are not taken off.
fn arguments(asked: AuthRequest<'_>, path: &str) -> Found {
    let message = "the arguments behind `?` are taken for a part of the path, which is never found: every request \
                   answers 500";
    let help =
        format!("write `auth_request {path};`, and the arguments behind the `proxy_pass` of that location");
    let found = Diagnostic::new(asked.node.arg_span(0)?, message, "not a path").note(LOG).help(help);
    Some((Severity::Error, found))
}

/// A path that only the files of the site could answer.
fn nowhere(context: &Context<'_>, asked: AuthRequest<'_>, path: &str) -> Found {
    let (nginx, server) = (asked.nginx, asked.server);
    let route = nginx.route(context.files, server, path).filter(|_| !path.ends_with('/'))?;
    let scope = match route {
        Route::Server => server,
        Route::Location(id) => id,
    };
    let own = is_own(context, nginx, route, path)?;
    let near = near(context, nginx, server, path).filter(|_| !own.named);
    let near = near.filter(|_| route == Route::Server || own.catches_all);
    let files = serves_files(context, nginx, scope, false).then(|| file(context, nginx, scope, path));
    let (severity, answered) = match (files, &near) {
        (Some(Some(true)), _) | (None, None) => return None,
        (Some(Some(false)), _) | (Some(None), Some(_)) => (Severity::Error, None),
        // The files are not in sight: one may have this name, though it would be a strange one.
        (Some(None), None) if path.contains('.') => return None,
        (Some(None), None) => (Severity::Warning, None),
        // A location for all the rest answers, and not the one that is made for it.
        (None, Some(_)) => (Severity::Warning, Some(scope)),
    };
    let message = match answered {
        None if own.named => format!(
            "the location `{path}` serves files, and there is none of that name, so the check answers 404: every \
             request answers 500"
        ),
        None => format!("no location answers `{path}`, so the check answers 404: every request answers 500"),
        Some(scope) => format!(
            "no location is named `{path}`, so `{}` answers the check: what is no 2xx there answers 500",
            nginx.title(context.files, scope)
        ),
    };
    let found = Diagnostic::new(asked.node.arg_span(0)?, message, "no such location").note(LOG);
    let Some((right, location)) = near else {
        let help = if own.named {
            "hand the check on from there, or `return` 204, 401 or 403".to_owned()
        } else {
            format!("add a `location = {path} {{ internal; … }}` that answers 204, 401 or 403")
        };
        return Some((severity, found.help(help)));
    };
    let edit = Edit::replace(asked.node.plain_span(0)?, right.clone());
    let fix = Fix::risky(format!("ask `{right}`"), vec![edit]);
    let found = found.label(location.head(), format!("`{right}` is here"));
    Some((severity, found.help(format!("write `auth_request {right};`")).fix(fix)))
}

/// What a location has to do with the path it answers.
struct Own {
    /// It is made for this path.
    named: bool,
    /// It is made for all that no other one is made for.
    catches_all: bool,
}

fn is_own(context: &Context<'_>, nginx: &Nginx, route: Route, path: &str) -> Option<Own> {
    let Route::Location(id) = route else { return Some(Own { named: false, catches_all: false }) };
    let head = LocationHead::of(context.files.node(nginx.scope(id).at?))?;
    Some(Own { named: head.text == path, catches_all: head.text == "/" })
}

/// The location that nearly has this path.
fn near<'a>(
    context: &Context<'a>,
    nginx: &'a Nginx,
    server: ScopeId,
    path: &str,
) -> Option<(String, NodeRef<'a>)> {
    let inside = nginx.inside(server).filter(|&id| nginx.scope(id).kind == ScopeKind::Location);
    let blocks = inside.filter_map(|id| Some(context.files.node(nginx.scope(id).at?)));
    let heads = blocks.filter_map(|node| Some((LocationHead::of(node)?, node)));
    let paths: Vec<_> = heads
        .filter(|(head, _)| matches!(head.kind, LocationKind::Exact | LocationKind::Prefix))
        .map(|(head, node)| (head.text, node))
        .filter(|(text, _)| text.len() > 1 && !text.ends_with('/') && text != path)
        .collect();
    let right = closest(path, paths.iter().map(|(text, _)| text.as_str()))?.to_owned();
    let node = paths.iter().find(|(text, _)| *text == right)?.1;
    Some((right, node))
}
