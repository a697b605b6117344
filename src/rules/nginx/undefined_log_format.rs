//! `nginx/undefined-log-format`: `access_log` names a format that is not defined above it.

use std::collections::HashMap;

use super::names::is_filled_in;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::spelling::closest;
use crate::stack::nginx::{Nginx, Place};
use crate::tree::NodeRef;
use crate::vocabulary::Contexts;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/undefined-log-format",
    severity: Severity::Error,
    summary: "`access_log` names a format that is not defined above it",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/undefined-log-format.md"),
    check,
};

/// What may stand behind the format.
const PARAMETERS: [&str; 5] = ["buffer=", "flush=", "gzip=", "gzip", "if="];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in context.stack.nginx.iter().filter(|nginx| nginx.whole) {
        let formats = Formats::of(context, nginx);
        for place in nginx.places(context.files).filter(|place| place.node.name() == "access_log") {
            let Some(name) = place.node.arg(1) else { continue };
            let off = place.node.arg(0).is_some_and(|path| path == "off");
            let filled_in = is_filled_in(&name) && !name.starts_with("if=");
            if off || filled_in || place.contexts.is_empty() {
                continue;
            }
            sink.report_once(formats.judge(&place, &name));
        }
    }
}

/// The formats that are defined, and when nginx reads each.
struct Formats<'a> {
    /// `http` and `stream` have formats of their own; a use may differ in case.
    defined: HashMap<(bool, String), (u32, NodeRef<'a>)>,
}

impl<'a> Formats<'a> {
    fn of(context: &Context<'a>, nginx: &'a Nginx) -> Self {
        let mut defined = HashMap::new();
        for place in nginx.places(context.files).filter(|place| place.node.name() == "log_format") {
            let Some(name) = place.node.arg(0) else { continue };
            defined
                .entry((in_stream(&place), name.to_ascii_lowercase()))
                .or_insert((place.order, place.node));
        }
        Self { defined }
    }

    /// What is wrong with the format `name` where it is used.
    fn judge(&self, place: &Place<'_>, name: &str) -> Option<Diagnostic> {
        let stream = in_stream(place);
        if name.eq_ignore_ascii_case("combined") && !stream {
            return None;
        }
        match self.defined.get(&(stream, name.to_ascii_lowercase())) {
            Some(&(order, _)) if order < place.order => None,
            Some(&(_, format)) => Some(too_late(place.node, name, format)),
            None if PARAMETERS.iter().any(|start| name.starts_with(start)) && !stream => {
                Some(left_out(place.node, name))
            }
            None => Some(self.undefined(place, name)),
        }
    }

    fn undefined(&self, place: &Place<'_>, name: &str) -> Diagnostic {
        let stream = in_stream(place);
        let above = self.defined.iter().filter(|((of, _), (order, _))| *of == stream && *order < place.order);
        let names = above.map(|((_, name), _)| name.as_str()).chain((!stream).then_some("combined"));
        let names: Vec<&str> = names.collect();
        let message = format!("no log format is named `{name}`: nginx does not start");
        let found = fault(place.node, name, message, "no such format");
        let Some(right) = closest(name, names.iter().copied()) else {
            let mut names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            names.sort_unstable();
            let instead =
                if names.is_empty() { String::new() } else { format!("write {}, or ", names.join(" or ")) };
            return found.help(format!("{instead}define it above with `log_format {name} '…';`"));
        };
        let fix = place
            .node
            .plain_span(1)
            .map(|span| Fix::safe(format!("log in the format `{right}`"), vec![Edit::replace(span, right)]));
        let found = match self.defined.get(&(stream, right.to_owned())) {
            Some((_, format)) => found.label(format.head(), format!("`{right}` is defined here")),
            None => found,
        };
        found.help(format!("write `{right}`")).fix(fix)
    }
}

fn in_stream(place: &Place<'_>) -> bool {
    place.contexts.meets(Contexts::parse("stream,stream-server"))
}

fn fault(node: NodeRef<'_>, name: &str, message: String, label: &str) -> Diagnostic {
    Diagnostic::new(node.arg_span(1).unwrap_or_else(|| node.head()), message, label)
        .note(format!("nginx logs: unknown log format \"{name}\""))
}

/// nginx reads from top to bottom.
fn too_late(node: NodeRef<'_>, name: &str, format: NodeRef<'_>) -> Diagnostic {
    let message = format!("the log format `{name}` is defined below its use: nginx does not start");
    let beside = node.tree.file == format.tree.file && node.raw().parent == format.raw().parent;
    let text = format.tree.slice(format.span());
    let edits = vec![edits::insert_line_before(node, text), edits::remove_node(format)];
    fault(node, name, message, "nginx does not know the format yet")
        .label(format.head(), "it is defined here")
        .help("put the `log_format` above the first `access_log` that names it")
        .fix(beside.then(|| Fix::safe("define the format before it is used", edits)))
}

/// What stands in place of the format is a parameter.
fn left_out(node: NodeRef<'_>, name: &str) -> Diagnostic {
    let message = format!("`{name}` stands where nginx reads the name of the log format: it does not start");
    let fix = node.arg_span(1).map(|span| {
        Fix::safe("name nginx's own format, `combined`", vec![Edit::insert(span.lo, "combined ")])
    });
    fault(node, name, message, "the format comes before all parameters")
        .help(format!("write `combined {name}`: it is the format nginx logs in when none is named"))
        .fix(fix)
}
