//! What the server of an .htaccess lets it say: `AllowOverride`, as `ap_directory_walk` merges it.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use crate::include::glob;
use crate::load::Workspace;
use crate::source::Span;
use crate::stack::nginx::ScopeId;
use crate::vocabulary::{ApacheWord, Places};

use super::{Apache, Entry};

/// What the server of an .htaccess does with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Governor {
    /// Which of the Apache instances the server is.
    pub server: usize,
    /// What it may say; `None` where the server does not read it.
    pub rights: Option<Rights>,
}

/// What an .htaccess may say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// The classes of `AllowOverride`.
    classes: Places,
    /// The directives of `AllowOverrideList`, in lower case.
    list: Vec<String>,
    /// Whether the server goes on when it meets a directive that is not allowed.
    pub forgives_overrides: bool,
    /// Whether it goes on when it meets one it does not know.
    pub forgives_unknown: bool,
    /// The `AllowOverride` that says so.
    pub said: Option<Span>,
}

impl Rights {
    /// Those of a directory nobody speaks about.
    const NONE: Self = Self {
        classes: Places::NONE,
        list: Vec::new(),
        forgives_overrides: false,
        forgives_unknown: false,
        said: None,
    };

    /// Whether an .htaccess is read at all.
    fn reads(&self) -> bool {
        !self.classes.is_empty() || !self.list.is_empty()
    }

    /// Whether a directive is allowed.
    pub fn allow(&self, word: &ApacheWord) -> bool {
        word.places.meets(self.classes) || self.list.iter().any(|name| name.eq_ignore_ascii_case(word.name))
    }

    /// Takes in what an `AllowOverride` says; `None` where that is not known.
    fn set(&mut self, files: &Workspace, entry: &Entry) -> Option<()> {
        *self = Self { list: std::mem::take(&mut self.list), said: Some(entry.span(files)), ..Self::NONE };
        for arg in &entry.args {
            if arg.is_unresolved() {
                return None;
            }
            let (word, value) = arg.value.split_once('=').unwrap_or((&arg.value, ""));
            match word.to_ascii_lowercase().as_str() {
                "none" => self.classes = Places::NONE,
                "all" => {
                    self.classes = Places::OVERRIDES;
                    (self.forgives_overrides, self.forgives_unknown) = (false, false);
                }
                "nonfatal" => {
                    let is = |name: &str| value.eq_ignore_ascii_case(name);
                    self.forgives_overrides |= is("override") || is("all");
                    self.forgives_unknown |= is("unknown") || is("all");
                }
                _ => self.classes = self.classes | Places::class(word)?,
            }
        }
        Some(())
    }

    /// What either allows.
    fn or(self, other: Self) -> Self {
        Self {
            classes: self.classes | other.classes,
            list: self.list.into_iter().chain(other.list).collect(),
            forgives_overrides: self.forgives_overrides || other.forgives_overrides,
            forgives_unknown: self.forgives_unknown || other.forgives_unknown,
            said: self.said.or(other.said),
        }
    }
}

/// The server of each .htaccess at `paths`, where there is just one that serves its directory.
pub(super) fn governors(files: &Workspace, all: &[Apache], paths: &[&Path]) -> Vec<Option<Governor>> {
    if paths.is_empty() {
        return Vec::new();
    }
    let whole = all.iter().enumerate().filter(|(_, apache)| apache.whole);
    let servers: Vec<(usize, Served<'_>)> =
        whole.map(|(index, apache)| (index, Served::by(files, apache))).collect();
    paths.iter().map(|path| governor(files, &servers, path)).collect()
}

fn governor(files: &Workspace, servers: &[(usize, Served<'_>)], path: &Path) -> Option<Governor> {
    let dir = files.on_machine(path.parent()?);
    let mut found = None;
    for (server, served) in servers {
        let Some(rights) = served.rights(files, &dir) else { continue };
        if found.replace(Governor { server: *server, rights: rights.reads().then_some(rights) }).is_some() {
            return None;
        }
    }
    found
}

/// What a server hands out, and its `<Directory>` sections: looked up once for all .htaccess of all its sites.
struct Served<'a> {
    apache: &'a Apache,
    /// Whether its .htaccess have another name.
    other_name: bool,
    /// The directories with the host that hands them out; what the main server has an `Alias` for all do.
    places: Vec<(PathBuf, Option<ScopeId>)>,
    /// The `<Directory>` sections of each host in order; `None` for one whose path is not known.
    directories: HashMap<ScopeId, Vec<(Option<PathBuf>, ScopeId)>>,
}

impl<'a> Served<'a> {
    fn by(files: &Workspace, apache: &'a Apache) -> Self {
        let hosts = std::iter::once(ScopeId(0)).chain(apache.vhosts());
        let roots = hosts.filter_map(|host| {
            let (root, _) = apache.find(host, "documentroot")?;
            Some((root.value(0)?, Some(host)))
        });
        let lines = ["alias", "scriptalias"].into_iter().flat_map(|name| apache.everywhere(name));
        let targets = lines.filter_map(|(scope, entry)| {
            let host = apache.vhost_of(scope);
            Some((entry.args.last()?.value.as_str(), Some(host).filter(|host| *host != ScopeId(0))))
        });
        let absolute = roots.chain(targets).filter(|(path, _)| Path::new(path).is_absolute());
        let places = absolute.map(|(path, host)| (files.on_machine(Path::new(path)), host)).collect();
        let mut directories: HashMap<ScopeId, Vec<_>> = HashMap::new();
        for id in apache.section_ids().filter(|&id| is_directory(apache, id)) {
            let path = apache.section(id).args.first().filter(|arg| !arg.is_unresolved());
            let path = path.map(|path| files.on_machine(Path::new(&path.value)));
            directories.entry(apache.vhost_of(id)).or_default().push((path, id));
        }
        let other_name = apache.everywhere("accessfilename").next().is_some();
        Self { apache, other_name, places, directories }
    }

    /// What a directory's .htaccess may say in some virtual host that serves it; `None` where none is known to do so,
    /// or what it says is not known.
    fn rights(&self, files: &Workspace, dir: &Path) -> Option<Rights> {
        let covering: Vec<Option<ScopeId>> =
            self.places.iter().filter(|(place, _)| dir.starts_with(place)).map(|(_, host)| *host).collect();
        if self.other_name || covering.is_empty() {
            return None;
        }
        let mut serving: Vec<ScopeId> = if covering.contains(&None) {
            std::iter::once(ScopeId(0)).chain(self.apache.vhosts()).collect()
        } else {
            covering.into_iter().flatten().collect()
        };
        serving.sort_unstable();
        serving.dedup();
        let rights = serving.into_iter().map(|host| self.walk(files, host, dir));
        rights.reduce(|one, other| Some(one?.or(other?)))?
    }

    /// Goes down to a directory, from the widest `<Directory>` to the narrowest, those of the main server before those
    /// of the host.
    fn walk(&self, files: &Workspace, host: ScopeId, dir: &Path) -> Option<Rights> {
        let mut sections: Vec<(usize, ScopeId)> = Vec::new();
        for of in [ScopeId(0), host].into_iter().take(if host == ScopeId(0) { 1 } else { 2 }) {
            for (path, id) in self.directories.get(&of).into_iter().flatten() {
                let pattern = path.as_deref()?;
                if is_above(pattern, dir) {
                    sections.push((pattern.components().count(), *id));
                }
            }
        }
        sections.sort_by_key(|&(depth, _)| depth);
        let mut rights = Rights::NONE;
        for (_, id) in sections {
            for entry in &self.apache.section(id).entries {
                match entry.name.as_str() {
                    "allowoverride" => rights.set(files, entry)?,
                    "allowoverridelist" => {
                        let names = entry.args.iter().map(|arg| arg.value.to_ascii_lowercase());
                        rights.list = names.filter(|name| name != "none").collect();
                    }
                    _ => {}
                }
            }
        }
        Some(rights)
    }
}

/// Whether a section is a `<Directory>` with a path; with a regular expression `AllowOverride` has no use.
fn is_directory(apache: &Apache, id: ScopeId) -> bool {
    let section = apache.section(id);
    section.word.is_some_and(|word| word.name == "Directory")
        && section.args.first().is_some_and(|arg| arg.value != "~")
}

/// Whether a `<Directory>` is about a directory or one around it.
fn is_above(pattern: &Path, dir: &Path) -> bool {
    let mut parts = dir.components();
    pattern.components().all(|wanted| match (wanted, parts.next()) {
        (Component::Normal(wanted), Some(Component::Normal(part))) => {
            glob::fits(&wanted.to_string_lossy(), &part.to_string_lossy())
        }
        (wanted, part) => part == Some(wanted),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_matched_part_by_part() {
        let above = |pattern: &str| is_above(Path::new(pattern), Path::new("/srv/www/shop"));
        assert!(above("/") && above("/srv/www/") && above("/srv/www/shop") && above("/srv/*/shop"));
        assert!(!above("/srv/ww") && !above("/srv/www/shop/admin") && !above("/*/shop"));
    }
}
