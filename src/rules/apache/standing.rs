//! Whether the server certainly reads what is written, and as it is written.

use crate::rule::Context;
use crate::stack::apache::{Apache, Governor, Place};
use crate::tree::NodeRef;
use crate::vocabulary::{ApacheModule, ApacheWord, Origin, apache_module};

/// Below so many sections nothing is certain.
const DEEP: usize = 100;

/// What is known of the server that reads a directive.
#[derive(Clone, Copy)]
pub(super) struct Standing<'a> {
    /// The Apache the directive is part of: the whole server, a piece of one, or an .htaccess.
    pub apache: &'a Apache,
    /// The server whose modules count; a piece has none.
    pub server: Option<&'a Apache>,
    /// Of an .htaccess: what its server says of it.
    pub governor: Option<&'a Governor>,
}

impl<'a> Standing<'a> {
    /// All that are read: what `AllowOverride None` has Apache pass over is not.
    pub(super) fn all(context: &Context<'a>) -> impl Iterator<Item = Self> {
        let stack = context.stack;
        let standing = stack.apache.iter().map(move |apache| {
            let governor = apache.governor.as_ref();
            let of_htaccess = governor.and_then(|governor| stack.apache.get(governor.server));
            Self { apache, server: of_htaccess.or(apache.whole.then_some(apache)), governor }
        });
        standing.filter(|standing| standing.governor.is_none_or(|governor| governor.rights.is_some()))
    }

    /// The directives and sections in force that are no victims of a fault of syntax or a template.
    pub(super) fn places(self, context: &Context<'a>) -> impl Iterator<Item = Place<'a>> {
        self.apache.places(context.files).filter(move |place| self.holds(place.node))
    }

    /// Whether the conditions around a directive certainly hold, as far as they were not judged when it
    /// was read: the pieces of a server do not know its modules.
    fn holds(self, node: NodeRef<'_>) -> bool {
        if self.apache.whole && self.apache.modules.complete {
            return true;
        }
        let mut around = std::iter::successors(node.parent(), |node| node.parent());
        let near = around.by_ref().take(DEEP);
        { near }.all(|section| !section.is("IfModule") || self.has_module_of(section))
            && around.next().is_none()
    }

    /// Whether the module of an `<IfModule>` may be one of the server. Of a piece it may be each that is known.
    fn has_module_of(self, section: NodeRef<'_>) -> bool {
        let Some(arg) = section.arg(0) else { return false };
        let (negated, name) = arg.strip_prefix('!').map_or((false, &*arg), |name| (true, name));
        let known = apache_module(name.strip_suffix(".c").unwrap_or(name));
        match (known, self.server) {
            (Some(module), Some(server)) if server.modules.complete => server.modules.lack(module) == negated,
            (Some(module), None) => module.origin != Origin::Other,
            _ => false,
        }
    }

    /// Whether the server lacks all modules that provide a directive.
    pub(super) fn lacks(self, word: &ApacheWord) -> bool {
        self.server.is_some_and(|server| server.modules.lack_all_of(word))
    }

    /// Whether every directive the server knows is known here.
    pub(super) fn knows_all(self) -> bool {
        self.server.is_some_and(|server| server.modules.complete && !server.modules.foreign)
    }

    /// What is known of a directive that is provided and stands where it may: what is left are its arguments.
    pub(super) fn accepted(self, place: &Place<'_>) -> Option<&'static ApacheWord> {
        let word = place.word.filter(|word| !word.is_foreign() && !self.lacks(word))?;
        let rights = self.governor.and_then(|governor| governor.rights.as_ref());
        let allowed = rights.is_none_or(|rights| rights.allow(word));
        (allowed && place.ground.takes(word)).then_some(word)
    }
}

/// Whether the text of a directive is as its author wrote it: no blank of a template in it, and no fault of syntax.
pub(super) fn is_plain(node: NodeRef<'_>) -> bool {
    let text = node.tree.slice(node.head());
    is_named(node) && !text.split_once("${").is_some_and(|(_, rest)| rest.contains('}'))
}

/// Whether that is so but for variables of Apache's own, which leave its name and its place as they are.
pub(super) fn is_named(node: NodeRef<'_>) -> bool {
    let text = node.tree.slice(node.head());
    let template = ["{{", "{%", "<%", "@@", "%%"].iter().any(|mark| text.contains(mark));
    let head = node.head();
    let broken = node.tree.errors_at(head).any(|error| error.span.lo < head.hi && head.lo < error.span.hi);
    !template && !broken
}

/// The module that is missing where all that could provide a directive are: the one people load.
pub(super) fn provider(word: &ApacheWord) -> Option<&'static ApacheModule> {
    word.modules().find_map(apache_module)
}
