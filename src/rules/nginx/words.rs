//! What the rules about the words of nginx share.

use crate::load::Workspace;
use crate::rule::Context;
use crate::source::Span;
use crate::stack::nginx::{Nginx, Place, ScopeId};
use crate::tree::NodeRef;
use crate::vocabulary::{self, Contexts, NginxWord};

/// The meanings that the name of a directive has where it stands.
pub(super) fn meanings(place: &Place<'_>) -> impl Iterator<Item = &'static NginxWord> + Clone + use<> {
    meanings_in(place.node, place.contexts)
}

/// The meanings that the name of a directive has in one of these contexts.
pub(super) fn meanings_in(
    node: NodeRef<'_>,
    contexts: Contexts,
) -> impl Iterator<Item = &'static NginxWord> + Clone + use<> {
    vocabulary::nginx(node.name()).iter().filter(move |word| word.contexts.meets(contexts))
}

/// Whether a template or a variable fills in a part of the text.
pub(super) fn is_filled_in(text: &str) -> bool {
    text.contains(['{', '}', '<', '>', '%', '@', '[', ']']) || text.starts_with("__")
}

/// Whether an error of syntax lies in the head of a directive, so that its words are not certain.
pub(super) fn is_damaged(node: NodeRef<'_>) -> bool {
    node.tree.errors_at(node.head()).next().is_some()
}

/// The include that brings a directive into the block it stands in, if it is in another file.
pub(super) fn brought_by(
    files: &Workspace,
    nginx: &Nginx,
    node: NodeRef<'_>,
    scope: ScopeId,
) -> Option<Span> {
    let file = node.tree.file;
    let block = nginx.scope(scope).at;
    if block.map_or(nginx.file, |at| at.file) == file {
        return None;
    }
    let mut including = files.includes.values().filter(|inclusion| inclusion.files.contains(&file));
    let first = including.clone().min_by_key(|inclusion| inclusion.at)?;
    let parent = |at| files.node(at).parent().map(NodeRef::at);
    let here = including.find(|inclusion| parent(inclusion.at) == block);
    Some(here.unwrap_or(first).word)
}

/// What nginx logs about a place, as it names it.
pub(super) fn logged(context: &Context<'_>, at: Span, says: &str) -> String {
    let file = context.files.on_machine(&context.files.file(context.sources.file_id(at)).path);
    let line = context.sources.file_of(at).place(at.lo).line;
    format!("nginx logs: {says} in {}:{line}", file.display())
}
