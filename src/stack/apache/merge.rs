//! What is in force for the files of a site: the sections that hold for all of them, merged as httpd merges them.

use std::path::Path;

use super::{Apache, Entry, SectionKind};
use crate::stack::nginx::ScopeId;

/// What is known of a directive for the requests of a site.
#[derive(Debug, Clone, Copy)]
pub enum InForce<'a> {
    /// It is set here, or nowhere.
    Known(Option<&'a Entry>),
    /// A section sets it that may hold for them or not.
    Unclear,
}

impl<'a> InForce<'a> {
    /// Where it is set, if that is certain.
    pub fn entry(self) -> Option<&'a Entry> {
        match self {
            Self::Known(entry) => entry,
            Self::Unclear => None,
        }
    }
}

/// The order in which sections are merged, later ones win: the kind, the length of the path of a `<Directory>`.
type Rank = (u8, usize);

impl Apache {
    /// The directive of a (lower-case) name in force in a section for what its virtual host serves. Sections for parts
    /// of the site do not count.
    pub fn merged<'a>(&'a self, scope: ScopeId, name: &'a str) -> InForce<'a> {
        let host = self.vhost_of(scope);
        let mut best: Option<(Rank, bool, &Entry)> = None;
        for (id, entry) in self.everywhere(name) {
            let of = self.vhost_of(id);
            if of != host && of != ScopeId(0) {
                continue;
            }
            let rank = match self.holds(scope, host, id) {
                Holds::Whole(rank) => rank,
                Holds::Part => continue,
                Holds::Unclear => return InForce::Unclear,
            };
            let own = of == host;
            if best.is_none_or(|(other, of_host, _)| (other, of_host) <= (rank, own)) {
                best = Some((rank, own, entry));
            }
        }
        InForce::Known(best.map(|(_, _, entry)| entry))
    }

    /// What a section that sets something holds for, seen from `scope`.
    fn holds(&self, scope: ScopeId, host: ScopeId, id: ScopeId) -> Holds {
        let section = self.section(id);
        if matches!(section.kind, SectionKind::Server | SectionKind::VirtualHost) {
            return Holds::Whole((0, 0));
        }
        let around = self.around(scope).any(|other| other == id);
        let name = section.word.map_or("", |word| word.name);
        let path =
            section.args.last().filter(|arg| !arg.is_unresolved()).map_or("", |arg| arg.value.as_str());
        let length = Path::new(path).components().count();
        let top = section.parent.is_some_and(|up| {
            matches!(self.section(up).kind, SectionKind::Server | SectionKind::VirtualHost)
        });
        match name {
            "Directory" if around => Holds::Whole((1, length)),
            "DirectoryMatch" if around => Holds::Whole((2, 0)),
            "Files" | "FilesMatch" if around => Holds::Whole((3, 0)),
            "Location" | "LocationMatch" if around => Holds::Whole((4, 0)),
            "Directory" if top && path.starts_with('/') && !path.contains(['*', '?', '[']) => {
                match self.document_root(host) {
                    Some(root) if Path::new(root).starts_with(path) => Holds::Whole((1, length)),
                    _ => Holds::Part,
                }
            }
            "Location" if top && path == "/" => Holds::Whole((4, 0)),
            "Location" if path.starts_with('/') => Holds::Part,
            _ => Holds::Unclear,
        }
    }

    /// The `DocumentRoot` of a virtual host, where it is a whole path.
    pub fn document_root(&self, host: ScopeId) -> Option<&str> {
        let (entry, _) = self.find(host, "documentroot")?;
        let arg = entry.args.first().filter(|arg| !arg.is_unresolved() && arg.value.starts_with('/'))?;
        Some(&arg.value)
    }
}

/// What a section holds for.
enum Holds {
    /// All files of the site.
    Whole(Rank),
    /// Some of them.
    Part,
    /// That cannot be told.
    Unclear,
}
