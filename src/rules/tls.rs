//! TLS between the layers: who speaks it, with which names and certificates.

pub(super) mod certificate_expired;
pub(super) mod key_does_not_match;
pub(super) mod name_not_in_certificate;
pub(super) mod no_common_version;
pub(super) mod plain_to_tls;
mod sites;
pub(super) mod sni_not_sent;
pub(super) mod sslproxyengine_missing;
pub(super) mod tls_to_plain;
pub(super) mod verify_without_ca;
mod vhosts;

use std::path::{Path, PathBuf};

use crate::diagnostic::Edit;
use crate::edits;
use crate::rule::Context;
use crate::source::Span;
use crate::stack::apache::Apache;
use crate::stack::hop::Protocol::Https;
use crate::stack::hop::{Hop, Listener, Owner};
use crate::stack::nginx::{Nginx, ScopeId};
use crate::value::{Certificate, TlsVersions, nginx_flag};

/// A certificate as a server shows it.
#[derive(Debug)]
struct Shown {
    /// Where it is named.
    span: Span,
    /// The file, as it is written.
    path: String,
    certificate: Certificate,
}

impl Shown {
    /// Reads a certificate, if it is in sight.
    fn read(context: &Context<'_>, home: &Path, path: &str, span: Span) -> Option<Self> {
        let certificate = Certificate::first(&file(context, home, path)?)?;
        Some(Self { span, path: path.to_owned(), certificate })
    }
}

/// The certificates of who listens: of a server of nginx, or of the virtual hosts of a port.
fn shown_by(context: &Context<'_>, listener: &Listener) -> Vec<Shown> {
    let mut found = Vec::new();
    match listener.owner {
        Owner::Nginx(index, server) => found = shown_by_server(context, index, server),
        Owner::Apache(index) => {
            let apache = &context.stack.apache[index];
            let crate::stack::endpoint::Endpoint::Tcp { port, .. } = listener.endpoint else { return found };
            for vhost in apache.vhosts().filter(|&vhost| apache.answers_port(vhost, port)) {
                for entry in apache.here(vhost, "sslcertificatefile") {
                    let read = |path| Shown::read(context, Path::new("/"), path, entry.span(context.files));
                    found.extend(entry.value(0).and_then(read));
                }
            }
        }
        _ => {}
    }
    found
}

/// The certificates of a server of nginx.
fn shown_by_server(context: &Context<'_>, index: usize, server: ScopeId) -> Vec<Shown> {
    let nginx = &context.stack.nginx[index];
    let (_, nodes) = nginx.list(context.files, server, "ssl_certificate").unwrap_or((server, Vec::new()));
    let home = home(context, nginx);
    nodes
        .into_iter()
        .filter_map(|node| Shown::read(context, &home, &node.arg(0)?, node.arg_span(0)?))
        .collect()
}

/// The directory of the main file of nginx, which relative paths are below.
fn home(context: &Context<'_>, nginx: &Nginx) -> PathBuf {
    context.files.file(nginx.file).path.parent().unwrap_or(Path::new("/")).to_path_buf()
}

/// A file that a directive names, if it is in sight.
fn file(context: &Context<'_>, home: &Path, path: &str) -> Option<Vec<u8>> {
    if path.contains(['$', ':']) {
        return None;
    }
    let (root, path) = (&context.files.root, Path::new(path));
    let inside = path.strip_prefix(root).or_else(|_| path.strip_prefix("/"));
    let path = inside.map_or_else(|_| home.join(path), |inside| root.join(inside));
    context.disk.read(&path).ok()
}

/// The hops that speak TLS, each with the one who listens there.
fn over_tls<'a>(context: &Context<'a>) -> Vec<(&'a Hop, &'a Listener)> {
    let mut found = Vec::new();
    for hop in context.stack.hops.iter().filter(|hop| hop.protocol == Https) {
        for leg in hop.legs.iter().filter(|leg| !leg.down) {
            let ends = context.stack.listeners_at(leg).filter(|listener| listener.protocol == Some(Https));
            found.extend(ends.map(|listener| (hop, listener)));
        }
    }
    found
}

/// Whether nginx looks at the certificate of the other side here.
fn verifies(context: &Context<'_>, nginx: &Nginx, scope: ScopeId) -> bool {
    let switch = nginx.find(context.files, scope, "proxy_ssl_verify").and_then(|found| found.node.arg(0));
    switch.is_some_and(|text| nginx_flag(&text) == Ok(true))
}

/// Whether a switch of Apache has a value in a section.
fn apache_says(apache: &Apache, section: ScopeId, name: &str, value: &str) -> bool {
    let found = apache.find(section, name).and_then(|(entry, _)| entry.value(0));
    found.is_some_and(|found| found.eq_ignore_ascii_case(value))
}

/// The versions of TLS that a directive of Apache allows in a virtual host; `None` where it does not read so.
fn apache_versions(apache: &Apache, vhost: ScopeId, name: &str) -> Option<TlsVersions> {
    match sites::words(apache, vhost, name) {
        words if words.is_empty() => Some(TlsVersions::ALL),
        words => TlsVersions::of_apache(words),
    }
}

/// Adds lines above the directive of a hop, or above the section of it that stands in the virtual host.
fn in_vhost(context: &Context<'_>, apache: &Apache, hop: &Hop, lines: &[&str]) -> Option<Edit> {
    let vhost = apache.vhost_of(hop.scope);
    let top = apache.around(hop.scope).take_while(|&section| section != vhost).last();
    let node = match top {
        Some(section) => apache.node(context.files, section)?,
        None => context.files.node(hop.at),
    };
    Some(edits::insert_line_before(node, &lines.join(&format!("\n{}", node.indent()))))
}
