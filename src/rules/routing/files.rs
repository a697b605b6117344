//! Places of nginx that answer with files.

use crate::rule::Context;
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::vfs::Kind;

/// Whether a place answers with files and with nothing else. Where `with_tries`, it may name them in `try_files`.
pub(super) fn serves_files(context: &Context<'_>, nginx: &Nginx, scope: ScopeId, with_tries: bool) -> bool {
    let tried = |name: &str| with_tries && name == "try_files";
    let plain = |name: &str| PLAIN.contains(&name) || tried(name);
    let answers = |name: &str| ANSWERS.contains(&name) && !tried(name) || name.contains("_by_");
    let own = nginx.entries(context.files, scope).all(|node| {
        let of_server = nginx.scope(scope).kind == ScopeKind::Server;
        plain(node.name()) || of_server && !answers(node.name())
    });
    let conditions = nginx
        .inside(scope)
        .any(|id| nginx.scope(id).kind == ScopeKind::If && nginx.scope(id).parent == Some(scope));
    let around = nginx.around(scope).skip(1).all(|id| {
        let mut entries = nginx.entries(context.files, id);
        entries.all(|node| !answers(node.name()))
    });
    let handled = nginx
        .list(context.files, scope, "error_page")
        .is_some_and(|(_, pages)| pages.iter().any(|page| page.args().any(|arg| arg == "404")));
    own && around && !conditions && !handled
}

/// What a location may hold that serves files.
const PLAIN: &[&str] = &[
    "access_log",
    "add_header",
    "alias",
    "allow",
    "auth_basic",
    "auth_basic_user_file",
    "auth_request",
    "default_type",
    "deny",
    "error_log",
    "error_page",
    "expires",
    "index",
    "internal",
    "log_not_found",
    "root",
    "satisfy",
];

/// What answers, or may, in place of files.
const ANSWERS: &[&str] = &["return", "rewrite", "try_files"];

/// Whether the file is there. `None` where the directory is not in sight.
pub(super) fn file(context: &Context<'_>, nginx: &Nginx, scope: ScopeId, path: &str) -> Option<bool> {
    let root = nginx.text(context.files, scope, "root")?.value;
    if nginx.find(context.files, scope, "alias").is_some() || !root.starts_with('/') || root.contains('$') {
        return None;
    }
    let here = match root.strip_prefix(&*context.files.root.to_string_lossy()) {
        Some(rest) => context.files.root.join(rest.trim_start_matches('/')),
        None => context.files.root.join(root.trim_start_matches('/')),
    };
    if context.disk.kind(&here) != Some(Kind::Directory) {
        return None;
    }
    Some(context.disk.kind(&here.join(path.trim_start_matches('/'))).is_some())
}
