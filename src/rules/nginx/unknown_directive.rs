//! `nginx/unknown-directive`: a directive no module of nginx has.

use super::meant::{Meant, meant};
use super::split_value::{self, SplitValue};
use super::words::{is_damaged, is_filled_in, logged};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, Place, ScopeId};
use crate::tree::{NodeRef, Quote};
use crate::vocabulary::{self, Contexts};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/unknown-directive",
    severity: Severity::Error,
    summary: "a directive no module of nginx has, so that it does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/unknown-directive.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in context.stack.nginx.iter().filter(|nginx| !has_strange_module(context, nginx)) {
        // Of a piece in which nothing is known, nobody knows what it is.
        let piece = !nginx.whole;
        if piece && nginx.scope(ScopeId(0)).contexts == Contexts::ALL {
            continue;
        }
        for place in nginx.places(context.files).filter(|place| is_unknown(context, place.node)) {
            sink.report_once(finding(context, &place, piece));
        }
    }
}

/// Whether a module is loaded whose directives are not known.
fn has_strange_module(context: &Context<'_>, nginx: &Nginx) -> bool {
    nginx.here(context.files, ScopeId(0), "load_module").any(|node| {
        let path = node.arg(0).unwrap_or_default();
        let file = path.rsplit('/').next().unwrap_or_default();
        !vocabulary::nginx_module_is_known(file.trim_end_matches(".so"))
    })
}

fn is_unknown(context: &Context<'_>, node: NodeRef<'_>) -> bool {
    let name = node.name();
    vocabulary::nginx(name).is_empty()
        && !context.options.has_nginx(name)
        && vocabulary::nginx_module_with(name).is_none()
        && !is_filled_in(name.trim_end_matches('}'))
}

fn finding(context: &Context<'_>, place: &Place<'_>, piece: bool) -> Option<Diagnostic> {
    let node = place.node;
    if is_damaged(node) {
        return None;
    }
    if let Some(value) = split_value::at(node) {
        return value.first.then(|| split(context, node, &value));
    }
    let name = node.name();
    let found = |label: &str| {
        let message = format!("nginx has no directive `{}` and does not start", shown(name));
        let says = format!("[emerg] unknown directive \"{name}\"");
        Diagnostic::new(node.name_span(), message, label).note(logged(context, node.span(), &says))
    };
    if let Some(Meant { text, why, certain }) = meant(place) {
        let edit = vec![Edit::replace(node.name_span(), &text)];
        let fix = certain.then(|| Fix::safe(format!("write {text}"), edit));
        return Some(found(&why).help(format!("did you mean `{text}`?")).fix(fix));
    }
    // Of a piece, the modules that are loaded are out of sight; but no directive is `...`.
    if piece && (name.contains(char::is_alphanumeric) || name.starts_with('$')) {
        return None;
    }
    Some(found("not known").help(advice(node)))
}

/// A name of one line, for a message.
fn shown(name: &str) -> String {
    let line: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match line.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// What to do about a name that is like no other.
fn advice(node: NodeRef<'_>) -> String {
    let name = node.name();
    if name.bytes().all(|byte| byte == b'.') {
        return "write what the dots stand for, or take them out".to_owned();
    }
    if ["//", "/*", "--", "<!--"].iter().any(|mark| name.starts_with(mark)) {
        return "comments begin with `#`".to_owned();
    }
    if node.raw().name.quote != Quote::None || name.starts_with('$') {
        return "this is a value: the directive before it ends too early, at its `;`".to_owned();
    }
    format!(
        "take the line out, or install the module it belongs to; if that is your own, write \
         `[nginx]` and `directives = [\"{name}\"]` into gwlint.toml"
    )
}

/// `add_header A 1; mode=block;`: the `;` in the value ends the directive.
fn split(context: &Context<'_>, node: NodeRef<'_>, value: &SplitValue<'_>) -> Diagnostic {
    let message = format!(
        "the `;` in the value of `{}` ends the directive, and nginx has no directive `{}`: it does not start",
        value.directive,
        shown(node.name())
    );
    let says = format!("[emerg] unknown directive \"{}\"", node.name());
    let quoted = format!("\"{}\"", value.text);
    Diagnostic::new(node.name_span(), message, "taken for a directive")
        .label(value.span, "the value begins here")
        .note(logged(context, node.span(), &says))
        .help(format!("write the value in quotes: `{quoted}`"))
        .fix(Fix::safe("put the value in quotes", vec![Edit::replace(value.span, quoted)]))
}
