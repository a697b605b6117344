//! The headers nginx sends on: `proxy_set_header` is inherited all or nothing.

use crate::diagnostic::Edit;
use crate::edits;
use crate::rule::Context;
use crate::rules::script::entry;
use crate::stack::nginx::{Nginx, ScopeId};
use crate::tree::NodeRef;

/// The `proxy_set_header`s in force in a context.
#[derive(Debug)]
pub(in crate::rules) struct Headers<'a> {
    /// The context they are all set in; `None` when there are none at all.
    pub(in crate::rules) scope: Option<ScopeId>,
    pub(super) nodes: Vec<NodeRef<'a>>,
}

impl<'a> Headers<'a> {
    /// Those in force in `scope`; `None` when some may be set out of sight.
    pub(in crate::rules) fn read(context: &Context<'a>, nginx: &'a Nginx, scope: ScopeId) -> Option<Self> {
        let (scope, nodes) = nginx.certain_list(context.files, scope, "proxy_set_header")?;
        Some(Self { scope, nodes })
    }

    /// The directive that sets a header; of several the last.
    pub(in crate::rules) fn find(&self, name: &str) -> Option<NodeRef<'a>> {
        let is = |node: &&NodeRef<'_>| node.arg(0).is_some_and(|arg| arg.eq_ignore_ascii_case(name));
        self.nodes.iter().rev().find(is).copied()
    }

    /// Whether a header is set further out and lost here: routing/headers-lost says so, and repeats it.
    pub(super) fn lose(&self, context: &Context<'a>, nginx: &'a Nginx, name: &str) -> bool {
        let parent = self.scope.filter(|_| self.find(name).is_none()).and_then(|id| nginx.scope(id).parent);
        let around = parent.and_then(|parent| Headers::read(context, nginx, parent));
        around.is_some_and(|around| around.find(name).is_some())
    }

    /// What sends an Upgrade header, if it is not kept from being sent.
    pub(in crate::rules) fn upgrade(&self) -> Option<NodeRef<'a>> {
        self.find("Upgrade").filter(|node| node.arg(1).is_some_and(|value| !value.is_empty()))
    }

    /// What sets the Connection header.
    pub(in crate::rules) fn connection(&self) -> Option<NodeRef<'a>> {
        self.find("Connection")
    }

    /// The edits that send one more header from `scope`, where `below` stands: those from further out are
    /// repeated, since they are lost with the first of its own.
    pub(in crate::rules) fn add(
        &self,
        context: &Context<'a>,
        nginx: &Nginx,
        scope: ScopeId,
        below: NodeRef<'a>,
        line: &str,
    ) -> Vec<Edit> {
        let last = self.nodes.last().filter(|_| self.scope == Some(scope));
        if let Some(place) = last.and_then(|last| entry(context, nginx, scope, *last)) {
            return vec![edits::insert_line_after(place, line)];
        }
        let mut lines = self.again(context, nginx);
        lines.push(line.to_owned());
        vec![edits::insert_lines_after(below, &lines)]
    }

    /// The lines that set them all from further in: a file of headers is included again.
    fn again(&self, context: &Context<'a>, nginx: &Nginx) -> Vec<String> {
        let mut lines = Vec::new();
        for &node in &self.nodes {
            let place = self.scope.and_then(|scope| entry(context, nginx, scope, node));
            let headers_only =
                || context.files.tree(node.at().file).all().all(|node| node.name() == "proxy_set_header");
            let whole = place.filter(|place| *place != node && headers_only()).unwrap_or(node);
            let line = format!("{};", whole.tree.slice(whole.head()));
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        lines
    }
}

/// Whether a Connection header asks for an upgrade, or can.
pub(in crate::rules) fn asks_upgrade(connection: NodeRef<'_>) -> bool {
    let value = connection.arg(1).unwrap_or_default();
    value.contains('$') || value.to_ascii_lowercase().contains("upgrade")
}
