//! Apache httpd as it stands: server, virtual hosts and sections, with what is set in each.

use crate::load::apache::{Arg, Expanded, Item};
use crate::load::{Server, Workspace};
use crate::source::{FileId, Span};
use crate::tree::{At, NodeRef};
use crate::value;
use crate::vocabulary::{self, ApacheWord};

use super::nginx::ScopeId;
use super::setting::Setting;

mod commands;
mod hops;
mod htaccess;
mod merge;
mod modules;
mod php;
mod places;
mod workers;

pub use commands::{Command, Line};
pub(crate) use hops::hops;
pub use htaccess::{Governor, Rights};
pub use merge::InForce;
pub use modules::Modules;
pub use php::{Runner, Sort};
pub use places::{Ground, Place};
pub use workers::{Balancer, Role, Worker};

/// Which kind of section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SectionKind {
    /// Outside of all sections.
    Server,
    /// `<VirtualHost>`.
    VirtualHost,
    /// `<Location>`, `<LocationMatch>`.
    Location,
    /// `<Directory>`, `<Files>` and their `Match` forms.
    Directory,
    /// `<Proxy>`, `<ProxyMatch>`.
    Proxy,
    /// All others: `<If>`, `<Limit>`, `<RequireAll>`…
    Other,
}

/// A directive in force in a section.
#[derive(Debug)]
pub struct Entry {
    /// The directive.
    pub at: At,
    /// Its name in lower case.
    pub name: String,
    /// What the vocabulary says of it.
    pub word: Option<&'static ApacheWord>,
    /// Its arguments, variables resolved.
    pub args: Vec<Arg>,
}

impl Entry {
    /// The value of argument `index`.
    pub fn value(&self, index: usize) -> Option<&str> {
        self.args.get(index).map(|arg| arg.value.as_str())
    }

    /// From its name to the end of its last argument.
    pub fn span(&self, files: &Workspace) -> Span {
        files.node(self.at).head()
    }
}

/// A section and what stands directly in it.
#[derive(Debug)]
pub struct Section {
    /// Which kind.
    pub kind: SectionKind,
    /// What the vocabulary says of it; `None` outside of all.
    pub word: Option<&'static ApacheWord>,
    /// The section; `None` outside of all.
    pub at: Option<At>,
    /// Its arguments.
    pub args: Vec<Arg>,
    /// The section around it.
    pub parent: Option<ScopeId>,
    /// What is allowed in it.
    pub ground: Ground,
    /// The directives directly in it, in order.
    pub entries: Vec<Entry>,
}

/// One Apache.
#[derive(Debug)]
pub struct Apache {
    /// The file it begins with.
    pub file: FileId,
    /// Whether its main file is in sight.
    pub whole: bool,
    /// Its sections; the first is what stands outside of all.
    pub sections: Vec<Section>,
    /// The modules it loads.
    pub modules: Modules,
    /// Of an .htaccess: the server that reads it, where that is in sight.
    pub governor: Option<Governor>,
    /// Defined workers, in order.
    pub workers: Vec<Worker>,
    /// Balancers and their members.
    pub balancers: Vec<Balancer>,
}

impl Apache {
    /// Reads the Apache of `server`.
    pub(crate) fn build(files: &Workspace, server: &Server, expanded: &Expanded) -> Self {
        let file = server.files[0];
        let name = files.file(file).path.file_name().unwrap_or_default();
        let htaccess = name.to_string_lossy().ends_with(".htaccess");
        let root = Section {
            kind: SectionKind::Server,
            word: None,
            at: None,
            args: Vec::new(),
            parent: None,
            ground: Ground::top(server.whole, htaccess),
            entries: Vec::new(),
        };
        let mut apache = Self {
            file,
            whole: server.whole,
            sections: vec![root],
            modules: Modules::default(),
            governor: None,
            workers: Vec::new(),
            balancers: Vec::new(),
        };
        apache.read(files, &expanded.items, ScopeId(0));
        apache.modules = Modules::read(files, server, &apache, expanded);
        workers::collect(files, &mut apache);
        apache
    }

    fn read(&mut self, files: &Workspace, items: &[Item], section: ScopeId) {
        for item in items {
            let node = files.node(item.at);
            let is_section = node.body().is_some();
            // What stands in a conditional section stands around it as well: its line is one among the others.
            if !is_section || is_conditional(node.name()) {
                let name = node.name().to_ascii_lowercase();
                let word = vocabulary::apache(&name, is_section);
                let entry = Entry { at: item.at, name, word, args: item.args.clone() };
                self.sections[section.0 as usize].entries.push(entry);
                continue;
            }
            let id = ScopeId(self.sections.len() as u32);
            let mut inner = Section {
                kind: kind_of(node.name()),
                word: vocabulary::apache(node.name(), true),
                at: Some(item.at),
                args: item.args.clone(),
                parent: Some(section),
                ground: self.section(section).ground,
                entries: Vec::new(),
            };
            inner.ground = inner.ground.within(&inner);
            self.sections.push(inner);
            self.read(files, &item.children, id);
        }
    }

    /// Finds the server of each .htaccess.
    pub(crate) fn find_governors(files: &Workspace, all: &mut [Self]) {
        let of_sites: Vec<usize> = (0..all.len()).filter(|&index| all[index].is_htaccess()).collect();
        let paths: Vec<_> =
            of_sites.iter().map(|&index| files.file(all[index].file).path.as_path()).collect();
        let found = htaccess::governors(files, all, &paths);
        for (index, governor) in of_sites.into_iter().zip(found) {
            all[index].governor = governor;
        }
    }

    /// Whether it is an .htaccess.
    pub fn is_htaccess(&self) -> bool {
        self.sections[0].ground.htaccess
    }

    /// The section of an id.
    pub fn section(&self, id: ScopeId) -> &Section {
        &self.sections[id.0 as usize]
    }

    /// All sections.
    pub fn section_ids(&self) -> impl Iterator<Item = ScopeId> + use<> {
        (0..self.sections.len() as u32).map(ScopeId)
    }

    /// The virtual hosts.
    pub fn vhosts(&self) -> impl Iterator<Item = ScopeId> + '_ {
        self.section_ids().filter(|&id| self.section(id).kind == SectionKind::VirtualHost)
    }

    /// The section and those around it, from the inside out.
    pub fn around(&self, section: ScopeId) -> impl Iterator<Item = ScopeId> + '_ {
        std::iter::successors(Some(section), |&id| self.section(id).parent)
    }

    /// The virtual host, or the main server, a section belongs to.
    pub fn vhost_of(&self, section: ScopeId) -> ScopeId {
        let vhost = |&id: &ScopeId| self.section(id).kind == SectionKind::VirtualHost;
        self.around(section).find(vhost).unwrap_or(ScopeId(0))
    }

    /// The directives of a (lower-case) name directly in a section.
    pub fn here<'a>(&'a self, section: ScopeId, name: &'a str) -> impl DoubleEndedIterator<Item = &'a Entry> {
        self.section(section).entries.iter().filter(move |entry| entry.name == name)
    }

    /// All directives of a (lower-case) name, each with the section it stands in.
    pub fn everywhere<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (ScopeId, &'a Entry)> {
        self.section_ids().flat_map(move |id| self.here(id, name).map(move |entry| (id, entry)))
    }

    /// The directive of a (lower-case) name in force in a section; the last one counts, and the
    /// inner section wins.
    pub fn find<'a>(&'a self, section: ScopeId, name: &'a str) -> Option<(&'a Entry, bool)> {
        self.around(section).find_map(|id| Some((self.here(id, name).next_back()?, id != section)))
    }

    /// Seconds of a directive that httpd reads with `atoi()`: `Timeout`, `ProxyTimeout`.
    pub fn seconds(&self, files: &Workspace, section: ScopeId, name: &str) -> Option<Setting<i64>> {
        let (entry, inherited) = self.find(section, name)?;
        let value = i64::from(value::apache_int(entry.value(0)?).value);
        Some(Setting::set(value, entry.span(files), inherited))
    }

    /// Seconds a proxied request may take here, as far as no worker says otherwise: `ProxyTimeout`,
    /// else `Timeout`, else 60 (httpd's default).
    pub fn proxy_timeout(&self, files: &Workspace, section: ScopeId) -> Setting<i64> {
        self.seconds(files, section, "proxytimeout")
            .or_else(|| self.seconds(files, section, "timeout"))
            .unwrap_or(Setting::default(60))
    }

    /// The user and the group its children run as, where it says.
    pub fn identity<'a>(&'a self, name: &'a str) -> Option<&'a Entry> {
        let entry = self.here(ScopeId(0), name).next_back()?;
        let known = entry.args.first().is_some_and(|arg| !arg.is_unresolved());
        (known && self.whole).then_some(entry)
    }

    /// The node of a section; `None` outside of all.
    pub fn node<'a>(&self, files: &'a Workspace, section: ScopeId) -> Option<NodeRef<'a>> {
        self.section(section).at.map(|at| files.node(at))
    }

    /// How a section is named to people: `<VirtualHost *:80>`, or the server itself.
    pub fn title(&self, files: &Workspace, section: ScopeId) -> String {
        match self.node(files, section) {
            Some(node) => format!("{}>", node.tree.slice(node.head())),
            None => "the main server".to_owned(),
        }
    }
}

/// Sections httpd decides about while it reads.
pub(crate) fn is_conditional(name: &str) -> bool {
    ["IfModule", "IfDefine", "IfVersion", "IfFile", "IfDirective", "IfSection"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

fn kind_of(name: &str) -> SectionKind {
    match name.to_ascii_lowercase().as_str() {
        "virtualhost" => SectionKind::VirtualHost,
        "location" | "locationmatch" => SectionKind::Location,
        "directory" | "directorymatch" | "files" | "filesmatch" => SectionKind::Directory,
        "proxy" | "proxymatch" => SectionKind::Proxy,
        _ => SectionKind::Other,
    }
}
