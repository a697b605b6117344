//! `nginx/no-events`: a main file without `events`.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::nginx::{Nginx, ScopeId};
use crate::tree::NodeRef;
use crate::{edits, tree};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/no-events",
    severity: Severity::Error,
    summary: "a main file without `events`, with which nginx does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/no-events.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in context.stack.nginx.iter().filter(|nginx| nginx.whole) {
        let tree = context.files.tree(nginx.file);
        if !has_events(context, nginx) && !tree.is_uneven() {
            sink.report(finding(tree));
        }
    }
}

fn has_events(context: &Context<'_>, nginx: &Nginx) -> bool {
    let main = nginx.scope(ScopeId(0));
    let mut blocks = nginx.inside(ScopeId(0)).filter_map(|id| nginx.scope(id).at);
    main.open
        || blocks.any(|at| context.files.node(at).name() == "events")
        || nginx.here(context.files, ScopeId(0), "events").next().is_some()
}

fn finding(tree: &tree::Tree) -> Diagnostic {
    let block = tree.top().find(|node| node.body().is_some());
    let place = block.or_else(|| tree.top().next());
    let span = place.map_or(Span::at(tree.base), NodeRef::head);
    let edit = match place {
        Some(node) => edits::insert_line_before(node, "events {}"),
        None => Edit::insert(tree.base, "events {}\n"),
    };
    Diagnostic::new(span, "this nginx has no `events` and does not start", "`events` is missing above this")
        .note("nginx logs: [emerg] no \"events\" section in configuration")
        .help("write `events {}`, which leaves all in it as it is by default")
        .fix(Fix::safe("add `events {}`", vec![edit]))
}
