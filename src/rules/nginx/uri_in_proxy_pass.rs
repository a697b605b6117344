//! `nginx/uri-in-proxy-pass`: `proxy_pass` has a path where nginx cannot tell what to replace by it.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, Place, ScopeKind};
use crate::tree::Text;
use crate::value::LocationKind;

use super::certain::{is_garbled, is_template};
use super::locations::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/uri-in-proxy-pass",
    severity: Severity::Error,
    summary: "`proxy_pass` has a path where nginx cannot tell what to replace by it",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/uri-in-proxy-pass.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for place in nginx.places(context.files).filter(|place| place.node.name() == "proxy_pass") {
            let found = finding(context, nginx, &place);
            sink.report_once(found);
        }
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, place: &Place<'_>) -> Option<Diagnostic> {
    let text = Text::arg(place.node, 0)?;
    let start = path(&text.value)?;
    let scope = nginx.scope(place.scope);
    let block = context.files.node(scope.at?);
    let around = match scope.kind {
        ScopeKind::If => "an `if`",
        ScopeKind::LimitExcept => "a `limit_except`",
        ScopeKind::Location => match Location::of(block)?.kind {
            LocationKind::Regex => "a location with an expression",
            LocationKind::Named => "a named location",
            _ => return None,
        },
        _ => return None,
    };
    if is_template(&text.value) || is_garbled(place.node) || is_garbled(block) {
        return None;
    }
    let path = &text.value[start..];
    let message = format!(
        "in {around} nginx cannot tell which part of a request to replace by `{path}`: it does not start"
    );
    let log = "nginx logs: \"proxy_pass\" cannot have URI part in location given by regular expression, or inside named \
               location, or inside \"if\" statement, or inside \"limit_except\" block";
    let span = text.span_of(start..text.value.len());
    let found =
        Diagnostic::new(span, message, "no path can stand here").label(block.head(), "in here").note(log);
    let bare = &text.value[..start];
    let fix = text.exact().filter(|_| path == "/").map(|_| {
        Fix::safe("take the `/` away", vec![Edit::replace(text.span_of(start..text.value.len()), "")])
    });
    let help = match path {
        "/" => format!("write `proxy_pass {bare};`, which hands on the path of the request as it is"),
        _ => format!("write `proxy_pass {bare};`, and change the path with a `rewrite … break;` before it"),
    };
    Some(found.help(help).fix(fix))
}

/// Where the path of a URL begins, if it has one; a URL with variables is put together for each request.
fn path(url: &str) -> Option<usize> {
    if url.contains('$') {
        return None;
    }
    let address = url.find("://")? + 3;
    let rest = &url[address..];
    if let Some(socket) = rest.strip_prefix("unix:") {
        let colon = address + "unix:".len() + socket.find(':')?;
        // The colon stands before the path, and goes with it.
        return (colon + 1 < url.len()).then_some(colon);
    }
    rest.find(['/', '?']).map(|at| address + at)
}
