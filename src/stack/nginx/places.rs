//! Every directive with the contexts it stands in, as the vocabulary names them.

use crate::load::Workspace;
use crate::tree::NodeRef;
use crate::vocabulary::Contexts;

use super::{Nginx, ScopeId};

/// A directive where it stands. A file that is included twice has its directives in two places.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The directive, with or without a block.
    pub node: NodeRef<'a>,
    /// The context it stands in.
    pub scope: ScopeId,
    /// What that context is; several for a piece of a server that can be for each of them, and none
    /// where a directive around it stands in the wrong place.
    pub contexts: Contexts,
    /// How many directives nginx reads before it.
    pub order: u32,
}

impl Nginx {
    /// All directives in all contexts, those that open a block too, but not the lines of blocks that
    /// hold data, as `map` and `types` do.
    pub fn places<'a>(&'a self, files: &'a Workspace) -> impl Iterator<Item = Place<'a>> {
        self.scope_ids().flat_map(move |scope| {
            let place = move |scope, at, order| {
                let contexts = self.scope(scope).contexts;
                Place { node: files.node(at), scope, contexts, order }
            };
            let here = self.scope(scope);
            let block = here.parent.zip(here.at).map(|(parent, at)| place(parent, at, here.order));
            let entries = here.entries.iter().map(move |entry| place(scope, entry.at, entry.order));
            block.into_iter().chain(entries)
        })
    }
}
