//! A request on its way through nginx.

use super::Request;
use crate::load::Workspace;
use crate::source::Span;
use crate::stack::Stack;
use crate::stack::hop::{Gateway, Hop, Protocol};
use crate::stack::nginx::{LocationHead, Nginx, Route, ScopeId, ScopeKind, target};
use crate::value::{LocationKind, regex_matches};

/// Paths that expressions are usually about.
const PATHS: [&str; 6] = ["/index.php", "/a.html", "/a.png", "/a.css", "/api/a", "/a"];

/// A request with a path of the location and a name of the server.
pub(super) fn example(stack: &Stack, nginx: &Nginx, files: &Workspace, hop: &Hop) -> Option<Request> {
    let server = nginx.enclosing(hop.scope, ScopeKind::Server)?;
    let host = host_of(nginx, files, server)?;
    let head = location(nginx, files, hop.scope)?;
    let own = match head.kind {
        LocationKind::Exact => vec![head.text],
        LocationKind::Prefix => vec![format!("{}a", head.text)],
        LocationKind::Regex | LocationKind::Named => PATHS.map(str::to_owned).to_vec(),
    };
    let gets = |path: &String| {
        let found = answers(stack, nginx, files, server, path)?;
        (found.at == hop.at && found.scope == hop.scope).then_some(())
    };
    let path = own.into_iter().find(|path| gets(path).is_some())?;
    Some(Request::new(&host, path))
}

/// The first name of a server; nothing, which no name is, where it has none.
fn host_of(nginx: &Nginx, files: &Workspace, server: ScopeId) -> Option<String> {
    let name = nginx.here(files, server, "server_name").next().and_then(|node| node.arg(0));
    let name = name.unwrap_or_default().to_ascii_lowercase();
    let plain = !name.starts_with('~') && !name.contains(['*', '$']) && !name.starts_with('.');
    plain.then_some(name)
}

fn location(nginx: &Nginx, files: &Workspace, scope: ScopeId) -> Option<LocationHead> {
    let inside = nginx.scope(scope).kind == ScopeKind::Location;
    LocationHead::of(files.node(nginx.scope(scope).at?)).filter(|_| inside)
}

/// What a hop makes of a request.
pub(super) fn sent(nginx: &Nginx, files: &Workspace, hop: &Hop, request: &Request) -> Option<Request> {
    let text = files.node(hop.at).arg(0)?.into_owned();
    let read = target(&text, Protocol::Http);
    let uri = text[read.offset + read.address.len()..].trim_start_matches(':');
    let host = match header(nginx, files, hop.scope) {
        None => read.address.to_owned(),
        Some(value) => match value.split(':').next().unwrap_or_default() {
            "$host" | "$http_host" => request.host.clone(),
            "$server_name" => host_of(nginx, files, nginx.enclosing(hop.scope, ScopeKind::Server)?)?,
            "$proxy_host" => read.address.to_owned(),
            other if other.contains('$') => return None,
            other => other.to_owned(),
        },
    };
    if uri.is_empty() {
        return Some(Request::new(&host, request.path.clone()));
    }
    let head = location(nginx, files, hop.scope).filter(|_| !uri.contains('$'))?;
    let rest = match head.kind {
        LocationKind::Prefix | LocationKind::Exact => request.path.strip_prefix(&head.text)?,
        LocationKind::Regex | LocationKind::Named => return None,
    };
    Some(Request::new(&host, format!("{uri}{rest}")))
}

/// What is sent as `Host`, where it is said.
fn header(nginx: &Nginx, files: &Workspace, scope: ScopeId) -> Option<String> {
    let (_, headers) = nginx.list(files, scope, "proxy_set_header")?;
    let host =
        headers.into_iter().find(|node| node.arg(0).is_some_and(|name| name.eq_ignore_ascii_case("host")))?;
    Some(host.arg(1)?.into_owned())
}

/// The hop that gets a request which comes to an address these servers share.
pub(super) fn taken<'a>(
    stack: &'a Stack,
    nginx: &Nginx,
    files: &Workspace,
    servers: &[(ScopeId, Span)],
    request: &Request,
) -> Option<&'a Hop> {
    if !nginx.whole || servers.iter().any(|&(server, _)| !nginx.is_certain(server)) {
        return None;
    }
    let server = named(nginx, files, servers, &request.host)?;
    answers(stack, nginx, files, server, &request.path)
}

/// The server for a name: a plain name, the longest with a `*`, an expression, or the default one.
fn named(nginx: &Nginx, files: &Workspace, servers: &[(ScopeId, Span)], host: &str) -> Option<ScopeId> {
    let names =
        |server| nginx.here(files, server, "server_name").flat_map(|node| node.args().collect::<Vec<_>>());
    let mut best: Option<(usize, ScopeId)> = None;
    for &(server, _) in servers {
        for name in names(server) {
            let name = name.to_ascii_lowercase();
            let rank = if name == host {
                usize::MAX
            } else if let Some(pattern) = name.strip_prefix('~') {
                usize::from(regex_matches(pattern, true, host)?)
            } else if let Some(end) = name.strip_prefix('*').or(name.strip_prefix('.').map(|_| name.as_str()))
            {
                let dotted = host.ends_with(end) || (name.starts_with('.') && host == &name[1..]);
                if dotted { 10_000 + name.len() } else { 0 }
            } else if let Some(start) = name.strip_suffix('*') {
                if host.starts_with(start) { 1_000 + name.len() } else { 0 }
            } else {
                0
            };
            if rank > best.map_or(0, |(best, _)| best) {
                best = Some((rank, server));
            }
        }
    }
    let text =
        |span: Span| files.files.iter().map(|file| file.tree.slice(span)).find(|text| !text.is_empty());
    let is_default =
        |span| text(span).is_some_and(|text| text.split_whitespace().any(|word| word.starts_with("default")));
    let default =
        || servers.iter().find(|(_, span)| is_default(*span)).or(servers.first()).map(|&(server, _)| server);
    best.map(|(_, server)| server).or_else(default)
}

/// The hop that answers a path in a server.
fn answers<'a>(
    stack: &'a Stack,
    nginx: &Nginx,
    files: &Workspace,
    server: ScopeId,
    path: &str,
) -> Option<&'a Hop> {
    let Some(Route::Location(mut scope)) = nginx.route(files, server, path) else { return None };
    if !is_plain(nginx, files, server) || !is_plain(nginx, files, scope) {
        return None;
    }
    // What is not a file goes to the named location.
    if let Some(tries) = nginx.here(files, scope, "try_files").next() {
        let last = tries.args().last().filter(|last| last.starts_with('@'))?;
        scope = nginx
            .locations(server)
            .find(|&id| location(nginx, files, id).is_some_and(|head| head.text == *last))?;
        if !is_plain(nginx, files, scope) {
            return None;
        }
    }
    let index = stack.nginx.iter().position(|other| std::ptr::eq(other, nginx))?;
    let mut hops = stack.hops_in(Gateway::Nginx(index), scope);
    hops.next().filter(|hop| matches!(hop.protocol, Protocol::Http | Protocol::Https))
}

/// Whether nothing in a context decides by what is another the second time, or changes the path.
fn is_plain(nginx: &Nginx, files: &Workspace, scope: ScopeId) -> bool {
    const DECIDES: [&str; 8] =
        ["rewrite", "return", "deny", "internal", "if", "auth_request", "access_by_lua_file", "js_content"];
    let decides = |name| nginx.find(files, scope, name).is_some();
    let inside = nginx.inside(scope).any(|id| {
        nginx.scope(id).parent == Some(scope)
            && matches!(nginx.scope(id).kind, ScopeKind::If | ScopeKind::LimitExcept)
    });
    let strange = nginx.entries(files, scope).any(|node| node.name().contains("_by_lua"));
    !inside && !strange && !DECIDES.into_iter().any(decides)
}
