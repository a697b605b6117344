//! `nginx/missing-certificate`: a certificate, a key or another file of TLS is not there.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::names::is_filled_in;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::tree::NodeRef;
use crate::vfs::Kind;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/missing-certificate",
    severity: Severity::Error,
    summary: "a certificate, a key or another file of TLS is not there",
    fixable: Fixable::No,
    card: include_str!("../../../rules/nginx/missing-certificate.md"),
    check,
};

/// Files nginx reads when it starts, for a server that has a certificate, and who opens them.
const FILES: [(&str, &str); 6] = [
    ("ssl_certificate", "cannot load certificate \"{}\": BIO_new_file() failed"),
    ("ssl_certificate_key", "cannot load certificate key \"{}\": BIO_new_file() failed"),
    ("ssl_dhparam", "BIO_new_file(\"{}\") failed"),
    ("ssl_client_certificate", "SSL_CTX_load_verify_locations(\"{}\") failed"),
    ("ssl_trusted_certificate", "SSL_CTX_load_verify_locations(\"{}\") failed"),
    ("ssl_crl", "X509_LOOKUP_load_file(\"{}\") failed"),
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    if !context.files.rooted {
        return;
    }
    let mut seen = HashSet::new();
    let mut known = HashSet::new();
    for nginx in context.stack.nginx.iter().filter(|nginx| nginx.scope(ScopeId(0)).kind == ScopeKind::Main) {
        for server in nginx.of_kind(ScopeKind::Server) {
            if nginx.find(context.files, server, "ssl_certificate").is_none() {
                continue;
            }
            for (name, log) in FILES {
                let nodes = nginx.list(context.files, server, name).map_or_else(Vec::new, |(_, nodes)| nodes);
                for node in nodes.into_iter().filter(|node| seen.insert(node.at())) {
                    let Some(path) = path(context, nginx, node) else { continue };
                    if !known.contains(&path) && is_missing(context, &path) {
                        sink.report(finding(node, &path, log));
                    } else {
                        known.insert(path);
                    }
                }
            }
        }
    }
}

/// The file a directive names, below the directory of the main file where the path does not begin with `/`.
fn path(context: &Context<'_>, nginx: &Nginx, node: NodeRef<'_>) -> Option<PathBuf> {
    let text = node.arg(0)?;
    let elsewhere = ["data:", "engine:", "store:"].iter().any(|start| text.starts_with(start));
    if text.is_empty() || elsewhere || is_filled_in(&text) {
        return None;
    }
    let path = context.files.file(nginx.file).path.parent()?.join(&*text);
    // A copy of a machine seldom has its keys. What names itself in its paths is no copy.
    let root = &context.files.root;
    (root == Path::new("/") || Path::new(&*text).starts_with(root)).then_some(path)
}

/// Whether the file is not there, and its directory is: what is mounted later brings its directory along.
fn is_missing(context: &Context<'_>, path: &Path) -> bool {
    match context.disk.kind(path) {
        None => path.parent().is_some_and(|dir| context.disk.list(dir).is_ok_and(|names| !names.is_empty())),
        Some(kind) => kind == Kind::DanglingLink,
    }
}

fn finding(node: NodeRef<'_>, path: &Path, log: &str) -> Diagnostic {
    let file = path.display().to_string();
    let message = format!("{file} is not there: nginx does not start");
    Diagnostic::new(
        node.arg_span(0).unwrap_or_else(|| node.head()),
        message,
        "nginx reads this when it starts",
    )
    .note(format!("nginx logs: {} (… No such file or directory …)", log.replace("{}", &file)))
    .help("put the file in its place, or name the one that is there")
}
