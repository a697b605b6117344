//! Every directive with the contexts it stands in, as the vocabulary names them.

use crate::load::Workspace;
use crate::source::FileId;
use crate::tree::NodeRef;
use crate::vocabulary::{self, Contexts};

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

/// The contexts the pieces of `begin` can be for: those that all directives in them allow. Where no
/// context allows them all nothing is known.
pub(super) fn of_piece(files: &Workspace, begin: &[FileId]) -> Contexts {
    let names = begin.iter().flat_map(|&file| files.tree(file).top()).map(NodeRef::name);
    let allowed = names.filter(|&name| !vocabulary::nginx(name).is_empty()).map(|name| {
        let words = vocabulary::nginx(name).iter();
        words.fold(Contexts::NONE, |all, word| all | word.contexts)
    });
    let shared = allowed.fold(Contexts::ALL, |shared, contexts| shared & contexts);
    if shared.is_empty() { Contexts::ALL } else { shared }
}
