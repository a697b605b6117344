//! Which paths Apache hands to which URL: `ProxyPass`, `ProxyPassMatch`, and their `<Location>`.

use std::collections::HashMap;

use crate::diagnostic::Edit;
use crate::edits;
use crate::load::apache::Arg;
use crate::rule::Context;
use crate::source::Span;
use crate::stack::apache::{Apache, Entry, SectionKind};
use crate::stack::nginx::ScopeId;
use crate::tree::NodeRef;

/// One line that hands a part of the paths on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mapping<'a> {
    /// The directive.
    pub entry: &'a Entry,
    /// The section it stands in.
    pub scope: ScopeId,
    /// The path, or the expression that paths match.
    pub path: &'a Arg,
    /// The URL, or `!`.
    pub url: &'a Arg,
    /// Where the parameters begin.
    pub params: &'a [Arg],
    /// Where the path comes from.
    pub by: By,
}

/// How a path is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// The first argument of `ProxyPass`.
    Path,
    /// The first argument of `ProxyPassMatch`.
    Regex,
    /// The path of the `<Location>` around it.
    Location,
    /// The expression of the `<LocationMatch>` around it.
    LocationMatch,
}

impl<'a> Mapping<'a> {
    /// All mappings of an Apache whose texts are known.
    pub(super) fn all(apache: &'a Apache) -> impl Iterator<Item = Self> {
        apache.section_ids().flat_map(move |scope| Self::in_section(apache, scope))
    }

    /// The mappings that stand directly in a section, in order.
    pub(super) fn in_section(apache: &'a Apache, scope: ScopeId) -> impl Iterator<Item = Self> {
        let entries = apache.section(scope).entries.iter();
        entries.filter_map(move |entry| Self::of(apache, scope, entry))
    }

    fn of(apache: &'a Apache, scope: ScopeId, entry: &'a Entry) -> Option<Self> {
        let regex = match entry.name.as_str() {
            "proxypass" => false,
            "proxypassmatch" => true,
            _ => return None,
        };
        let section = apache.section(scope);
        let located = section.kind == SectionKind::Location;
        let (path, rest) =
            if located { (section.args.last()?, entry.args.as_slice()) } else { entry.args.split_first()? };
        let (url, params) = rest.split_first()?;
        let by = match (located, regex) {
            (false, false) => By::Path,
            (false, true) => By::Regex,
            (true, _) if is_match(section.word.map(|word| word.name), section.args.len()) => {
                By::LocationMatch
            }
            (true, _) => By::Location,
        };
        let known = !path.is_unresolved() && !url.is_unresolved();
        let interpolates = params.iter().any(|arg| arg.value.eq_ignore_ascii_case("interpolate"));
        (known && !interpolates).then_some(Self { entry, scope, path, url, params, by })
    }

    /// Whether it hands on what an expression matches.
    pub(super) fn is_regex(&self) -> bool {
        matches!(self.by, By::Regex | By::LocationMatch)
    }

    /// Whether it keeps paths here: `ProxyPass /static !`.
    pub(super) fn excludes(&self) -> bool {
        self.url.value == "!"
    }

    /// The URL without a socket in front of it, and where in the argument it begins.
    pub(super) fn bare_url(&self) -> (&'a str, usize) {
        let url = &self.url.value;
        let from = if url.starts_with("unix:") { url.find('|').map_or(0, |bar| bar + 1) } else { 0 };
        (&url[from..], from)
    }

    /// Where it is written.
    pub(super) fn span(&self, context: &Context<'_>) -> Span {
        self.entry.span(context.files)
    }
}

/// The sections of each virtual host, and of the main server, in order.
pub(super) fn sections_by_host(apache: &Apache) -> HashMap<ScopeId, Vec<ScopeId>> {
    let mut found: HashMap<ScopeId, Vec<ScopeId>> = HashMap::new();
    for id in apache.section_ids() {
        found.entry(apache.vhost_of(id)).or_default().push(id);
    }
    found
}

/// Whether a section's path is an expression: `<LocationMatch …>`, `<Location ~ …>`.
fn is_match(name: Option<&str>, args: usize) -> bool {
    name.is_some_and(|name| name.eq_ignore_ascii_case("LocationMatch")) || args > 1
}

/// Whether all paths below `inner` are also below `outer`, as `alias_match` compares them.
pub(super) fn covers(outer: &str, inner: &str) -> bool {
    inner
        .strip_prefix(outer)
        .is_some_and(|rest| outer.ends_with('/') || rest.is_empty() || rest.starts_with('/'))
}

/// The edits that move `line` above or below `other`, if both stand in one section of one file.
pub(super) fn move_line(line: NodeRef<'_>, other: NodeRef<'_>, up: bool) -> Option<Vec<Edit>> {
    let section = |node: NodeRef<'_>| node.parent().map(NodeRef::at);
    if line.at().file != other.at().file || section(line) != section(other) {
        return None;
    }
    let text = line.tree.slice(line.span()).trim_end();
    let place =
        if up { edits::insert_line_before(other, text) } else { edits::insert_line_after(other, text) };
    Some(vec![place, edits::remove_node(line)])
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_path_covers_what_lies_below_it() {
        assert!(covers("/", "/api") && covers("/api", "/api/") && covers("/api", "/api/v1"));
        assert!(covers("/api/", "/api/v1"));
        assert!(!covers("/api", "/apis") && !covers("/api/", "/api"));
    }
}
