//! What a variable can hold where the configuration says it in so many words: `set $php unix:/x;`, a `map`.

use crate::load::Workspace;
use crate::tree::NodeRef;

use super::regexes::lines;
use super::{Nginx, ScopeId, ScopeKind};

/// A value of a variable: the directive or the line of a `map`, and which argument of it.
pub(crate) type Constant<'a> = (NodeRef<'a>, usize);

/// All values `$name` can have in a scope; `None` where one of them is not known.
pub(crate) fn values<'a>(
    files: &'a Workspace,
    nginx: &'a Nginx,
    scope: ScopeId,
    name: &str,
) -> Option<Vec<Constant<'a>>> {
    let server = nginx.enclosing(scope, ScopeKind::Server)?;
    let http = nginx.scope(server).parent?;
    let maps = nginx.here(files, http, "map").filter(|map| is_variable(*map, 1, name));
    let found = match (sets(files, nginx, server, name), maps.last()) {
        (sets, None) => in_force(nginx, scope, &sets)?,
        (sets, Some(map)) if sets.is_empty() => lines_of(files, map)?,
        _ => return None,
    };
    let known = |(node, index): &Constant<'_>| node.arg(*index).is_some_and(|text| !text.contains('$'));
    (!found.is_empty() && found.iter().all(known)).then_some(found)
}

/// Whether an argument is `$name`; nginx takes variables in any case.
fn is_variable(node: NodeRef<'_>, index: usize, name: &str) -> bool {
    node.arg(index)
        .is_some_and(|text| text.strip_prefix('$').is_some_and(|own| own.eq_ignore_ascii_case(name)))
}

/// The `set` of a variable in a server, and where each stands.
fn sets<'a>(
    files: &'a Workspace,
    nginx: &'a Nginx,
    server: ScopeId,
    name: &str,
) -> Vec<(ScopeId, NodeRef<'a>)> {
    std::iter::once(server)
        .chain(nginx.inside(server))
        .flat_map(|id| nginx.here(files, id, "set").map(move |node| (id, node)))
        .filter(|(_, node)| is_variable(*node, 0, name))
        .collect()
}

/// Those of them that count: the last one of each context around, and any in an `if`. One in another location
/// counts for requests that come from there, and which those are is not known.
fn in_force<'a>(nginx: &Nginx, scope: ScopeId, sets: &[(ScopeId, NodeRef<'a>)]) -> Option<Vec<Constant<'a>>> {
    let around = |id: ScopeId| nginx.around(scope).any(|other| other == id);
    let known = |id: ScopeId| around(id) || nginx.scope(id).kind == ScopeKind::If;
    let all_known = sets.iter().all(|(id, _)| known(*id));
    let nearest = sets.iter().filter(|(id, _)| around(*id)).map(|(id, _)| *id).max();
    let counts = |id: ScopeId| Some(id) == nearest || nginx.scope(id).kind == ScopeKind::If;
    let counting = sets.iter().filter(|(id, _)| counts(*id)).map(|(_, node)| (*node, 1));
    let one_each = sets.iter().filter(|(id, _)| Some(*id) == nearest).count() == 1;
    (all_known && one_each).then(|| counting.collect())
}

/// The values of a `map`; `None` where a file of it is not in sight.
fn lines_of<'a>(files: &'a Workspace, map: NodeRef<'a>) -> Option<Vec<Constant<'a>>> {
    let mut found = Vec::new();
    for line in lines(files, map) {
        match (line.name(), line.words().len()) {
            ("hostnames" | "volatile", 0) => {}
            ("include", _) => files.includes.get(&line.at()).map(|_| ())?,
            (_, 1) => found.push((line, 0)),
            _ => return None,
        }
    }
    Some(found)
}
