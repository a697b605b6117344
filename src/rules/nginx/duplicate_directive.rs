//! `nginx/duplicate-directive`: a directive stands twice where nginx takes it once.

use std::collections::HashSet;

use super::words::{brought_by, logged, meanings_in};
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::include::Inclusion;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/duplicate-directive",
    severity: Severity::Error,
    summary: "a directive stands twice where nginx takes it once, so that it does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/duplicate-directive.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for nginx in &context.stack.nginx {
        for pair in pairs(context, nginx) {
            let found = if pair.first == pair.again {
                includes(context, nginx, &pair).map(|both| (both[1].at, twice_included(context, &pair, both)))
            } else {
                Some((pair.again.at(), finding(context, nginx, &pair)))
            };
            if let Some((_, found)) = found.filter(|(at, _)| seen.insert(*at)) {
                sink.report(found);
            }
        }
    }
}

/// Two directives of which nginx takes one.
struct Pair<'a> {
    first: NodeRef<'a>,
    again: NodeRef<'a>,
    scope: ScopeId,
}

fn pairs<'a>(context: &Context<'a>, nginx: &'a Nginx) -> Vec<Pair<'a>> {
    let files = context.files;
    let mut pairs = Vec::new();
    for scope in nginx.scope_ids() {
        for same in nginx.repeated(files, scope).chain(blocks(context, nginx, scope)) {
            let [first, rest @ ..] = same.as_slice() else { continue };
            if takes_one(nginx, *first, scope) {
                pairs.extend(rest.iter().map(|&again| Pair { first: *first, again, scope }));
            }
        }
    }
    pairs
        .extend(nginx.of_kind(ScopeKind::Location).filter_map(|scope| root_and_alias(context, nginx, scope)));
    // Pieces that lie side by side are not sure to be in force together.
    let loose = |pair: &Pair<'_>| {
        !nginx.whole && pair.scope == ScopeId(0) && pair.first.tree.file != pair.again.tree.file
    };
    let certain = |pair: &Pair<'_>| !pair.first.tree.is_uneven() && !pair.again.tree.is_uneven();
    pairs.sort_by_key(|pair| pair.again.span());
    pairs.retain(|pair| !loose(pair) && certain(pair));
    pairs
}

/// `root` and `alias`, which are one value of a location.
fn root_and_alias<'a>(context: &Context<'a>, nginx: &'a Nginx, scope: ScopeId) -> Option<Pair<'a>> {
    let one = |name| nginx.here(context.files, scope, name).next();
    let (root, alias) = (one("root")?, one("alias")?);
    let (first, again) = if root.id < alias.id { (root, alias) } else { (alias, root) };
    (root.tree.file == alias.tree.file).then_some(Pair { first, again, scope })
}

/// The blocks that stand outside of all others: `events`, `http`, `stream` and `mail`.
fn blocks<'a>(context: &Context<'a>, nginx: &'a Nginx, scope: ScopeId) -> Vec<Vec<NodeRef<'a>>> {
    if scope != ScopeId(0) {
        return Vec::new();
    }
    let inner = nginx.inside(scope).filter(|&id| nginx.scope(id).parent == Some(scope));
    let nodes: Vec<_> = inner.filter_map(|id| nginx.scope(id).at).map(|at| context.files.node(at)).collect();
    let of = |name: &str| nodes.iter().copied().filter(|node| node.name() == name).collect();
    ["events", "http", "stream", "mail"].map(of).into()
}

fn takes_one(nginx: &Nginx, node: NodeRef<'_>, scope: ScopeId) -> bool {
    let mut here = meanings_in(node, nginx.scope(scope).contexts).peekable();
    here.peek().is_some() && here.all(|word| word.repeat == Some(false))
}

fn finding(context: &Context<'_>, nginx: &Nginx, pair: &Pair<'_>) -> Diagnostic {
    let Pair { first, again, scope } = *pair;
    let name = again.name();
    let block = match nginx.scope(scope).at {
        Some(_) => format!("`{}`", nginx.title(context.files, scope)),
        None if nginx.whole => "the configuration".to_owned(),
        None => "the file".to_owned(),
    };
    let other = first.name();
    let (message, says) = if name == other {
        (
            format!("`{name}` stands twice in {block}, which takes it once: nginx does not start"),
            format!("[emerg] \"{name}\" directive is duplicate"),
        )
    } else {
        (
            format!("`{other}` and `{name}` stand in {block}, which takes one of them: nginx does not start"),
            format!("[emerg] \"{name}\" directive is duplicate, \"{other}\" directive was specified earlier"),
        )
    };
    let mut found = Diagnostic::new(again.head(), message, "the second").label(first.head(), "the first");
    for node in [again, first] {
        if let Some(include) = brought_by(context.files, nginx, node, scope) {
            found = found.label(include, "which includes it here");
        }
    }
    let found = found.note(logged(context, again.span(), &says));
    if again.body().is_some() {
        return found.help(format!("move what stands in the second `{name}` into the first"));
    }
    if name == other && again.args().eq(first.args()) {
        return found
            .help("take the second out")
            .fix(Fix::safe(format!("take the second `{name}` out"), vec![edits::remove_node(again)]));
    }
    found.help("take out the one that is not meant")
}

/// The two includes that bring one file into a block.
fn includes<'a>(context: &Context<'a>, nginx: &Nginx, pair: &Pair<'_>) -> Option<[&'a Inclusion; 2]> {
    let block = nginx.scope(pair.scope).at;
    let file = pair.again.tree.file;
    let here = |inclusion: &&Inclusion| {
        let node = context.files.node(inclusion.at);
        inclusion.files.contains(&file) && node.parent().map(NodeRef::at) == block
    };
    let mut all: Vec<_> = context.files.includes.values().filter(here).collect();
    all.sort_by_key(|inclusion| inclusion.at);
    Some([*all.first()?, *all.get(1)?])
}

fn twice_included(context: &Context<'_>, pair: &Pair<'_>, [first, again]: [&Inclusion; 2]) -> Diagnostic {
    let name = pair.again.name();
    let message =
        format!("this file is included twice, and `{name}` in it may stand here once: nginx does not start");
    let says = format!("[emerg] \"{name}\" directive is duplicate");
    let node = context.files.node(again.at);
    let found = Diagnostic::new(again.word, message, "the second time")
        .label(first.word, "the first time")
        .label(pair.again.head(), "this then stands twice")
        .note(logged(context, pair.again.span(), &says));
    if first.pattern != again.pattern {
        return found.help("take one of the includes out");
    }
    let fix = Fix::safe("take the second include out", vec![edits::remove_node(node)]);
    found.help("take the second include out").fix(fix)
}
