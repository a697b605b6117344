//! `nginx/wrong-context`: a directive stands where nginx does not allow it.

use super::words::{brought_by, is_damaged, logged, meanings};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, Place};
use crate::vocabulary::{self, Contexts};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/wrong-context",
    severity: Severity::Error,
    summary: "a directive stands where nginx does not allow it, so that it does not start",
    fixable: Fixable::No,
    card: include_str!("../../../rules/nginx/wrong-context.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for place in nginx.places(context.files).filter(|place| is_wrong(context, nginx, place)) {
            sink.report_once(finding(context, nginx, &place));
        }
    }
}

fn is_wrong(context: &Context<'_>, nginx: &Nginx, place: &Place<'_>) -> bool {
    let name = place.node.name();
    meanings(place).next().is_none()
        && !place.contexts.is_empty()
        && !vocabulary::nginx(name).is_empty()
        && !context.options.has_nginx(name)
        && !is_damaged(place.node)
        && !place.node.tree.is_uneven()
        && !nginx
            .around(place.scope)
            .filter_map(|id| nginx.scope(id).at)
            .any(|at| context.files.tree(at.file).is_uneven())
}

fn finding(context: &Context<'_>, nginx: &Nginx, place: &Place<'_>) -> Diagnostic {
    let (node, name) = (place.node, place.node.name());
    let allowed = allowed(name, place.contexts);
    let message = format!(
        "`{name}` may not stand in {}, only in {}: nginx does not start",
        here(context, nginx, place),
        allowed.in_words()
    );
    let says = format!("[emerg] \"{name}\" directive is not allowed here");
    let mut found = Diagnostic::new(node.name_span(), message, "not allowed here").note(logged(
        context,
        node.span(),
        &says,
    ));
    if let Some(head) = nginx.head(context.files, place.scope) {
        found = found.label(head, "in this block");
    }
    if let Some(include) = brought_by(context.files, nginx, node, place.scope) {
        found = found.label(include, "which includes it here");
    }
    found.help(where_to(context, nginx, place, allowed))
}

/// Where a directive may stand, in the kind of server it stands in now if it may stand there.
fn allowed(name: &str, here: Contexts) -> Contexts {
    let all = vocabulary::nginx(name).iter().fold(Contexts::NONE, |all, word| all | word.contexts);
    let kinds = [Contexts::OF_HTTP, Contexts::OF_STREAM, Contexts::OF_MAIL];
    let same = kinds.into_iter().find(|kind| here.meets(*kind) && all.meets(*kind));
    let plain = all & same.unwrap_or(Contexts::ALL);
    if plain.is_empty() { all } else { plain }
}

/// The block a directive stands in, as people call it.
fn here(context: &Context<'_>, nginx: &Nginx, place: &Place<'_>) -> String {
    match nginx.scope(place.scope).at {
        Some(_) => format!("`{}`", nginx.title(context.files, place.scope)),
        None => place.contexts.in_words(),
    }
}

/// The nearest place it may stand.
fn where_to(context: &Context<'_>, nginx: &Nginx, place: &Place<'_>, allowed: Contexts) -> String {
    let name = place.node.name();
    let outer = nginx.around(place.scope).skip(1).find(|&id| nginx.scope(id).contexts.meets(allowed));
    if let Some(outer) = outer {
        let title = nginx.title(context.files, outer);
        return match nginx.scope(outer).at {
            Some(_) => format!("move `{name}` out into the `{title}` around it"),
            None => format!("move `{name}` out of all blocks"),
        };
    }
    format!("move `{name}` into {}", allowed.in_words())
}
