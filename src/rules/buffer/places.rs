//! Where nginx looks at the sizes of buffers.

use std::collections::{BTreeSet, HashSet};

use super::ladder::{Ladder, PREFIXES, SUFFIXES};
use crate::diagnostic::Diagnostic;
use crate::rule::{Context, Sink};
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};

/// Reports what `judge` finds in the contexts nginx checks, once for each directive it points at.
pub(super) fn report(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    judge: fn(&Ladder<'_>) -> Option<Diagnostic>,
) {
    let mut seen = HashSet::new();
    for nginx in &context.stack.nginx {
        for (scope, prefix) in places(context, nginx) {
            let ladder = Ladder::read(context, nginx, scope, prefix);
            if let Some(found) =
                ladder.and_then(|ladder| judge(&ladder)).filter(|found| seen.insert(found.span()))
            {
                sink.report(found);
            }
        }
    }
}

/// The contexts that nginx checks and in which sizes of a family may be out of step. The defaults fit, so
/// something must be set there; what is set around all servers is the same in each that sets nothing.
fn places(context: &Context<'_>, nginx: &Nginx) -> BTreeSet<(ScopeId, &'static str)> {
    let set: BTreeSet<_> = nginx
        .places(context.files)
        .filter_map(|place| Some((place.scope, prefix_of(place.node.name())?)))
        .collect();
    let mut found = BTreeSet::new();
    for &(scope, prefix) in &set {
        if is_checked(nginx.scope(scope).kind) {
            found.insert((scope, prefix));
        } else if nginx.scope(scope).kind == ScopeKind::Http {
            for certain in [true, false] {
                let alike = |id: &ScopeId| nginx.is_certain(*id) == certain && !set.contains(&(*id, prefix));
                found.extend(nginx.of_kind(ScopeKind::Server).find(alike).map(|id| (id, prefix)));
            }
        }
    }
    found
}

/// The family a directive is one of the five settings of.
fn prefix_of(name: &str) -> Option<&'static str> {
    let prefix = PREFIXES.into_iter().find(|prefix| name.starts_with(prefix))?;
    let suffix = name[prefix.len()..].strip_prefix('_')?;
    SUFFIXES.contains(&suffix).then_some(prefix)
}

/// nginx looks at what a server inherits, not at `http` itself; `if` and `limit_except` only inherit.
fn is_checked(kind: ScopeKind) -> bool {
    matches!(kind, ScopeKind::Server | ScopeKind::Location)
}
