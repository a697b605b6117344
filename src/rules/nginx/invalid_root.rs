//! `nginx/invalid-root`: a `root` or `alias` made of itself, in a named location, or both at once.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, Place, ScopeKind};
use crate::tree::Text;
use crate::value::LocationKind;

use super::certain::is_garbled;
use super::locations::Location;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/invalid-root",
    severity: Severity::Error,
    summary: "a `root` or `alias` that nginx cannot make sense of",
    fixable: Fixable::No,
    card: include_str!("../../../rules/nginx/invalid-root.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        let places = nginx.places(context.files);
        for place in places.filter(|place| matches!(place.node.name(), "root" | "alias")) {
            if is_garbled(place.node) {
                continue;
            }
            let found = made_of_itself(&place)
                .or_else(|| in_named(context, nginx, &place))
                .or_else(|| both(context, nginx, &place));
            sink.report_once(found);
        }
    }
}

/// The path of files is what these variables hold.
fn made_of_itself(place: &Place<'_>) -> Option<Diagnostic> {
    let (text, name) = (Text::arg(place.node, 0)?, place.node.name());
    let mut written = ["document_root", "realpath_root"].into_iter().flat_map(|variable| {
        let forms = [format!("${variable}"), format!("${{{variable}}}")];
        forms.into_iter().map(move |form| (variable, form))
    });
    let (variable, at, length) =
        written.find_map(|(variable, form)| Some((variable, text.value.find(&form)?, form.len())))?;
    let message =
        format!("`${variable}` is what `{name}` says, so that `{name}` cannot use it: nginx does not start");
    let found = Diagnostic::new(text.span_of(at..at + length), message, "stands for this very directive");
    let log = format!("nginx logs: the ${variable} variable cannot be used in the \"{name}\" directive");
    Some(found.note(log).help("write the path in full, or keep it in a variable of your own with `set`"))
}

fn in_named(context: &Context<'_>, nginx: &Nginx, place: &Place<'_>) -> Option<Diagnostic> {
    let block = context.files.node(nginx.scope(place.scope).at?);
    let named = nginx.scope(place.scope).kind == ScopeKind::Location
        && Location::of(block).is_some_and(|location| location.kind == LocationKind::Named);
    if place.node.name() != "alias" || !named {
        return None;
    }
    let message = "a named location has no path that `alias` could replace: nginx does not start";
    let found =
        Diagnostic::new(place.node.head(), message, "no path to replace").label(block.head(), "in here");
    let log = "nginx logs: the \"alias\" directive cannot be used inside the named location";
    Some(found.note(log).help("write `root`"))
}

/// A block with both says twice where its files are.
fn both(context: &Context<'_>, nginx: &Nginx, place: &Place<'_>) -> Option<Diagnostic> {
    let (here, node) = (&nginx.scope(place.scope).at?, place.node);
    let other = if node.name() == "root" { "alias" } else { "root" };
    let earlier = nginx.here(context.files, place.scope, other).next()?;
    // In one file their order is plain; of an included file nothing is said.
    if earlier.tree.file != node.tree.file || here.file != node.tree.file || earlier.id > node.id {
        return None;
    }
    let name = node.name();
    let message = format!("this block has both `{other}` and `{name}`: nginx does not start");
    let found = Diagnostic::new(node.head(), message, "where its files are, once more")
        .label(earlier.head(), "the first");
    let log =
        format!("nginx logs: \"{name}\" directive is duplicate, \"{other}\" directive was specified earlier");
    Some(
        found
            .note(log)
            .help("`alias` replaces the path of the location, `root` stands before it: keep one of them"),
    )
}
