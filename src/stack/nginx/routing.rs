//! Which location of a server answers a path, found as nginx finds it.

use crate::load::Workspace;
use crate::tree::NodeRef;
use crate::value::{LocationKind, nginx_location, regex_matches};

use super::{Nginx, ScopeId, ScopeKind};

/// What answers a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// No location: what the server says on its own.
    Server,
    /// A location.
    Location(ScopeId),
}

/// The head of a location, read.
#[derive(Debug, Clone)]
pub struct LocationHead {
    /// How it is matched.
    pub kind: LocationKind,
    /// The path, the expression, or the name with its `@`.
    pub text: String,
    /// Whether an expression matches in any case.
    pub caseless: bool,
    /// Whether a path keeps the expressions beside it from being asked (`^~`).
    pub last: bool,
}

impl LocationHead {
    /// Of the `location` block; `None` where nginx does not take it.
    pub fn of(node: NodeRef<'_>) -> Option<Self> {
        let words: Vec<_> = node.args().collect();
        let (kind, index, skip) = nginx_location(&words)?.ok()?;
        let text = words.get(index)?.get(skip..)?.to_owned();
        let first = words.first()?;
        Some(Self { kind, text, caseless: first.starts_with("~*"), last: first.starts_with("^~") })
    }
}

/// What was found in one level of locations.
enum Level {
    Exact(ScopeId),
    /// The innermost path that begins so, if any, and whether expressions of this level are still asked.
    Prefix(Option<ScopeId>, bool),
    Matched(ScopeId),
}

impl Nginx {
    /// What answers `path`, a path without `?`, in a server. `None` where a location may be out of sight, or
    /// nobody knows whether an expression matches.
    pub fn route(&self, files: &Workspace, server: ScopeId, path: &str) -> Option<Route> {
        let found = self.level(files, server, path)?;
        Some(match found {
            Level::Exact(id) | Level::Matched(id) | Level::Prefix(Some(id), _) => Route::Location(id),
            Level::Prefix(None, _) => Route::Server,
        })
    }

    /// The locations directly in a server or location.
    pub fn locations(&self, scope: ScopeId) -> impl Iterator<Item = ScopeId> + '_ {
        let inside = self.inside(scope);
        inside.filter(move |&id| {
            let inner = self.scope(id);
            inner.kind == ScopeKind::Location && inner.parent == Some(scope)
        })
    }

    fn level(&self, files: &Workspace, scope: ScopeId, path: &str) -> Option<Level> {
        if self.scope(scope).open {
            return None;
        }
        let mut longest: Option<(ScopeId, LocationHead)> = None;
        let mut expressions = Vec::new();
        for id in self.locations(scope) {
            let head = LocationHead::of(files.node(self.scope(id).at?))?;
            match head.kind {
                LocationKind::Exact if head.text == path => return Some(Level::Exact(id)),
                LocationKind::Regex => expressions.push((id, head)),
                // nginx answers by itself and adds the `/`, if the location hands requests on.
                LocationKind::Prefix if head.text.strip_suffix('/') == Some(path) => return None,
                LocationKind::Prefix if path.starts_with(&head.text) => {
                    let best = longest.as_ref().map_or(0, |(_, best)| best.text.len() + 1);
                    if head.text.len() >= best {
                        longest = Some((id, head));
                    }
                }
                _ => {}
            }
        }
        let prefix = match longest {
            Some((id, head)) => match self.level(files, id, path)? {
                Level::Prefix(inner, _) => Level::Prefix(Some(inner.unwrap_or(id)), !head.last),
                found => return Some(found),
            },
            None => Level::Prefix(None, true),
        };
        if let Level::Prefix(_, true) = prefix {
            for (id, head) in expressions {
                if regex_matches(&head.text, head.caseless, path)? {
                    return self.matched(files, id, path);
                }
            }
        }
        Some(prefix)
    }

    /// What answers inside a location whose expression matched.
    fn matched(&self, files: &Workspace, id: ScopeId, path: &str) -> Option<Level> {
        Some(Level::Matched(match self.level(files, id, path)? {
            Level::Exact(inner) | Level::Matched(inner) | Level::Prefix(Some(inner), _) => inner,
            Level::Prefix(None, _) => id,
        }))
    }
}
