//! `RewriteRule … [P]`: what it matches, and where it hands requests to.

use crate::load::apache::Arg;
use crate::stack::apache::{Apache, Entry, SectionKind};
use crate::stack::nginx::ScopeId;

/// A rewrite rule that hands requests on.
pub(super) struct Proxied<'a> {
    /// What it matches, without the `!`.
    pub pattern: &'a str,
    /// Whether it takes large and small letters for the same.
    pub caseless: bool,
    /// The URL.
    pub substitution: &'a Arg,
    /// Paths as the rule sees them.
    pub samples: &'static [&'static str],
}

/// In a server and a virtual host the path begins with a slash.
const OF_SERVER: &[&str] = &["/news", "/app/news", "/api/v1/news", "/index.php"];

/// In a directory and an .htaccess it does not.
const OF_DIRECTORY: &[&str] = &["news", "app/news", "api/v1/news", "index.php"];

impl<'a> Proxied<'a> {
    /// The rule of an entry, if it hands requests on and all its texts are known.
    pub(super) fn of(apache: &'a Apache, scope: ScopeId, entry: &'a Entry) -> Option<Self> {
        let [pattern, substitution, flags] = entry.args.as_slice() else { return None };
        let has = |names: &[&str]| {
            let mut flags = flags.value.trim_matches(['[', ']']).split(',');
            flags.any(|flag| names.iter().any(|name| flag.trim().eq_ignore_ascii_case(name)))
        };
        let known = !pattern.is_unresolved() && !substitution.is_unresolved();
        if !known || pattern.value.starts_with('!') || !has(&["P", "proxy"]) {
            return None;
        }
        let in_directory = apache.around(scope).any(|id| apache.section(id).kind == SectionKind::Directory);
        let samples = match apache.section(scope).kind {
            SectionKind::Location | SectionKind::Proxy => return None,
            _ if in_directory || apache.is_htaccess() => OF_DIRECTORY,
            // A piece may be included in any section.
            SectionKind::Server if !apache.whole => return None,
            _ => OF_SERVER,
        };
        Some(Self { pattern: &pattern.value, caseless: has(&["NC", "nocase"]), substitution, samples })
    }
}
