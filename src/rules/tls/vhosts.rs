//! What Apache says when a request comes for another virtual host than the handshake was made with.

use super::sites::words;
use super::{apache_says, apache_versions};
use crate::diagnostic::Severity;
use crate::rule::Context;
use crate::stack::apache::Apache;
use crate::stack::nginx::ScopeId;
use crate::version::Version;

/// Since then Apache compares the site of the handshake with that of the request.
const COMPARES: Version = Version::new(2, 4, 64);

/// Whether one of two virtual hosts serves nobody who names no site.
pub(super) fn is_strict(apache: &Apache, vhosts: [ScopeId; 2]) -> bool {
    vhosts.into_iter().any(|vhost| apache_says(apache, vhost, "sslstrictsnivhostcheck", "on"))
}

/// How exactly Apache compares.
pub(super) fn policy(apache: &Apache) -> String {
    let said = words(apache, ScopeId(0), "sslvhostsnipolicy");
    said.first().map_or_else(|| "secure".to_owned(), |word| word.to_ascii_lowercase())
}

/// How bad it is that a request comes for another virtual host than the one the handshake was made with; `None`
/// where their TLS is the same, or Apache is told not to compare.
pub(super) fn mismatch(
    context: &Context<'_>,
    apache: &Apache,
    taken: ScopeId,
    asked: ScopeId,
) -> Option<Severity> {
    let target = context.stack.targets.apache;
    if taken == asked || target.is_some_and(|version| version < COMPARES) {
        return None;
    }
    let same = |name| words(apache, taken, name) == words(apache, asked, name);
    let certificates = ["sslcertificatefile", "sslcertificatekeyfile", "sslciphersuite"];
    let clients = ["sslverifyclient", "sslverifydepth", "sslcacertificatefile", "sslcacertificatepath"];
    let versions = |vhost| apache_versions(apache, vhost, "sslprotocol");
    let other_client = !clients.into_iter().all(same);
    let differ = match policy(apache).as_str() {
        "secure" => other_client || versions(taken) != versions(asked) || !certificates.into_iter().all(same),
        "strict" => true,
        _ => false,
    };
    let severity = if target.is_some() { Severity::Error } else { Severity::Warning };
    differ.then_some(severity)
}
