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
}

impl Nginx {
    /// All directives in all contexts, those that open a block too, but not the lines of blocks that
    /// hold data, as `map` and `types` do.
    pub fn places<'a>(&'a self, files: &'a Workspace) -> impl Iterator<Item = Place<'a>> {
        self.scope_ids().flat_map(move |scope| {
            let place = move |scope, node| Place { node, scope, contexts: self.scope(scope).contexts };
            let block = self.scope(scope).parent.zip(self.scope(scope).at);
            let block = block.map(move |(parent, at)| place(parent, files.node(at)));
            block.into_iter().chain(self.entries(files, scope).map(move |node| place(scope, node)))
        })
    }
}
