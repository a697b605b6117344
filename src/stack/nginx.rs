//! nginx as it stands: its contexts with what is set in each, and the inheritance between them.

use crate::load::Workspace;
use crate::source::{FileId, Span};
use crate::tree::{At, NodeRef, Siblings};
use crate::vocabulary::Contexts;

mod constants;
mod hops;
mod listen;
mod pieces;
mod places;
mod regexes;
mod routing;
mod scope;
mod settings;
mod upstream;
mod variables;

pub(crate) use hops::{hops, target};
pub use listen::{Address, Listen, Site, Sites};
pub(crate) use pieces::{comments as context_comments, instances};
pub use places::Place;
pub use regexes::{Pattern, patterns};
pub use routing::{LocationHead, Route};
use scope::{Entry, Limits};
pub use scope::{Scope, ScopeId, ScopeKind};
pub use settings::Buffers;
pub use upstream::{Upstream, UpstreamServer};
pub use variables::{Use, Variables, definition, domain, uses};

/// One nginx.
#[derive(Debug)]
pub struct Nginx {
    /// The files it begins with.
    pub file: FileId,
    /// Whether its main file is in sight, so that what is not defined is not defined anywhere.
    pub whole: bool,
    /// Whether it begins with one file, so that all its contexts are of one server for certain.
    pub single: bool,
    /// Its contexts; the first is the outermost.
    pub scopes: Vec<Scope>,
    /// Its upstream groups.
    pub upstreams: Vec<Upstream>,
}

/// A directive that is in force at a place.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The directive.
    pub node: NodeRef<'a>,
    /// Whether it stands in a context around the place.
    pub inherited: bool,
}

impl Nginx {
    /// Reads the server that begins with the files of `begin`: a main file, or pieces that stand in
    /// what `around` says.
    fn build(files: &Workspace, begin: &[FileId], around: Option<pieces::Around>) -> Self {
        let file = begin[0];
        let whole = around.is_none();
        let (kind, contexts) = around.unwrap_or((ScopeKind::Main, Contexts::MAIN));
        let open = kind != ScopeKind::Main;
        let root = Scope {
            kind,
            contexts,
            at: None,
            parent: None,
            open,
            order: 0,
            entries: Vec::new(),
            by_hash: Vec::new(),
            end: ScopeId(0),
        };
        let single = begin.len() == 1;
        let mut nginx = Self { file, whole, single, scopes: vec![root], upstreams: Vec::new() };
        let mut limits = Limits { files: 100_000, depth: 1_024, read: 0 };
        for &file in begin {
            nginx.read(files, files.tree(file).top(), ScopeId(0), &mut limits);
        }
        nginx.scopes[0].end = ScopeId(nginx.scopes.len() as u32);
        for scope in &mut nginx.scopes {
            scope.by_hash.clone_from(&scope.entries);
            scope.by_hash.sort_by_key(|entry| entry.hash);
        }
        nginx.upstreams = upstream::collect(files, &nginx);
        nginx
    }

    /// Takes in the nodes of one body; past the limits nothing is known of it.
    fn read(&mut self, files: &Workspace, nodes: Siblings<'_>, scope: ScopeId, limits: &mut Limits) {
        if limits.depth == 0 || limits.files == 0 {
            self.whole = false;
            self.scope_mut(scope).open = true;
            return;
        }
        limits.depth -= 1;
        for node in nodes {
            let inclusion = if node.name() == "include" { files.includes.get(&node.at()) } else { None };
            if let Some(inclusion) = inclusion {
                if inclusion.files.is_empty() && !(inclusion.is_pattern() && files.rooted) {
                    self.whole = false;
                    self.scope_mut(scope).open = true;
                }
                for &file in &inclusion.files {
                    limits.files = limits.files.saturating_sub(1);
                    self.read(files, files.tree(file).top(), scope, limits);
                }
            } else if node.body().is_some() {
                self.read_block(files, node, scope, limits);
            } else {
                self.add(scope, node, limits);
            }
        }
        limits.depth += 1;
    }

    fn add(&mut self, scope: ScopeId, node: NodeRef<'_>, limits: &mut Limits) {
        let entry = Entry { hash: hash(node.name()), at: node.at(), order: limits.next() };
        self.scope_mut(scope).entries.push(entry);
    }

    fn read_block(&mut self, files: &Workspace, node: NodeRef<'_>, parent: ScopeId, limits: &mut Limits) {
        let Some(kind) = kind_of_block(node.name(), self.scope(parent).kind) else {
            self.add(parent, node, limits);
            return;
        };
        let id = ScopeId(self.scopes.len() as u32);
        let at = Some(node.at());
        let contexts = self.scope(parent).contexts.inside(node.name());
        let scope = Scope {
            kind,
            contexts,
            at,
            parent: Some(parent),
            open: false,
            order: limits.next(),
            entries: Vec::new(),
            by_hash: Vec::new(),
            end: id,
        };
        self.scopes.push(scope);
        self.read(files, node.children(), id, limits);
        self.scope_mut(id).end = ScopeId(self.scopes.len() as u32);
    }

    /// The context of an id.
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0 as usize]
    }

    /// All contexts.
    pub fn scope_ids(&self) -> impl Iterator<Item = ScopeId> + use<> {
        (0..self.scopes.len() as u32).map(ScopeId)
    }

    /// Whether a context is another or inside of it.
    pub fn holds(&self, outer: ScopeId, inner: ScopeId) -> bool {
        (outer..self.scope(outer).end).contains(&inner)
    }

    /// The contexts inside of one, itself left out.
    pub fn inside(&self, scope: ScopeId) -> impl Iterator<Item = ScopeId> + use<> {
        (scope.0 + 1..self.scope(scope).end.0).map(ScopeId)
    }

    /// The contexts of one kind.
    pub fn of_kind(&self, kind: ScopeKind) -> impl Iterator<Item = ScopeId> + '_ {
        self.scope_ids().filter(move |&id| self.scope(id).kind == kind)
    }

    /// The context and those around it, from the inside out.
    pub fn around(&self, scope: ScopeId) -> impl Iterator<Item = ScopeId> + '_ {
        std::iter::successors(Some(scope), |&id| self.scope(id).parent)
    }

    /// Whether all that is in force in a context is in sight: what is not set here has its default.
    pub fn is_certain(&self, scope: ScopeId) -> bool {
        self.around(scope).all(|id| !self.scope(id).open)
    }

    /// The nearest context of a kind around a scope, itself included.
    pub fn enclosing(&self, scope: ScopeId, kind: ScopeKind) -> Option<ScopeId> {
        self.around(scope).find(|&id| self.scope(id).kind == kind)
    }

    /// The directives of a name that stand directly in a context.
    pub fn here<'a, 'n>(
        &'a self,
        files: &'a Workspace,
        scope: ScopeId,
        name: &'n str,
    ) -> impl Iterator<Item = NodeRef<'a>> + use<'a, 'n> {
        let wanted = hash(name);
        let sorted = &self.scope(scope).by_hash;
        let from = sorted.partition_point(|entry| entry.hash < wanted);
        let same = sorted[from..].iter().take_while(move |entry| entry.hash == wanted);
        same.map(|entry| files.node(entry.at)).filter(move |node| node.name() == name)
    }

    /// The directives that stand directly in a context more than once, those of a name together and in
    /// order.
    pub fn repeated<'a>(
        &'a self,
        files: &'a Workspace,
        scope: ScopeId,
    ) -> impl Iterator<Item = Vec<NodeRef<'a>>> {
        let names = self.scope(scope).by_hash.chunk_by(|one, next| one.hash == next.hash);
        names
            .filter(|same| same.len() > 1)
            .map(|same| same.iter().map(|entry| files.node(entry.at)).collect())
    }

    /// All directives that stand directly in a context, in order.
    pub fn entries<'a>(&'a self, files: &'a Workspace, scope: ScopeId) -> impl Iterator<Item = NodeRef<'a>> {
        self.scope(scope).entries.iter().map(|entry| files.node(entry.at))
    }

    /// The directive of a name that is in force in a context: its own, or the nearest around it.
    pub fn find<'a>(&'a self, files: &'a Workspace, scope: ScopeId, name: &str) -> Option<Found<'a>> {
        self.around(scope).find_map(|id| {
            let node = self.here(files, id, name).last()?;
            Some(Found { node, inherited: id != scope })
        })
    }

    /// The directives of a name in force where several add up (`fastcgi_param`, `proxy_set_header`):
    /// all of the nearest context that has any, and that context.
    pub fn list<'a>(
        &'a self,
        files: &'a Workspace,
        scope: ScopeId,
        name: &str,
    ) -> Option<(ScopeId, Vec<NodeRef<'a>>)> {
        self.around(scope).find_map(|id| {
            let found: Vec<_> = self.here(files, id, name).collect();
            (!found.is_empty()).then_some((id, found))
        })
    }

    /// The same, with no context where there is none of the name; `None` when some may be set out of sight.
    pub fn certain_list<'a>(
        &'a self,
        files: &'a Workspace,
        scope: ScopeId,
        name: &str,
    ) -> Option<(Option<ScopeId>, Vec<NodeRef<'a>>)> {
        let list = self.list(files, scope, name);
        let top = list.as_ref().map(|(top, _)| *top);
        let mut between = self.around(scope).take_while(|&id| top.is_none_or(|top| id >= top));
        if between.any(|id| self.scope(id).open) {
            return None;
        }
        Some(list.map_or((None, Vec::new()), |(scope, nodes)| (Some(scope), nodes)))
    }

    /// Whether two directives are of one server for certain: of sites that lie side by side not all need
    /// be enabled.
    pub fn together(&self, one: At, other: At) -> bool {
        self.single || one.file == other.file
    }

    /// The user its workers run as, if it says: no other file can say it again.
    pub fn user<'a>(&'a self, files: &'a Workspace) -> Option<NodeRef<'a>> {
        let main = self.scope(ScopeId(0)).kind == ScopeKind::Main;
        self.here(files, ScopeId(0), "user").last().filter(|_| main)
    }

    /// How a context is named to people: `location ~ \.php$`, `server`, `http`.
    pub fn title(&self, files: &Workspace, scope: ScopeId) -> String {
        match self.scope(scope).at {
            Some(at) => {
                let node = files.node(at);
                node.tree.slice(node.head()).split_whitespace().collect::<Vec<_>>().join(" ")
            }
            None => "the main context".to_owned(),
        }
    }

    /// The `{` line of a context, for labels.
    pub fn head(&self, files: &Workspace, scope: ScopeId) -> Option<Span> {
        self.scope(scope).at.map(|at| files.node(at).head())
    }
}

fn hash(name: &str) -> u64 {
    // FNV-1a: names are short, and a lookup compares the names themselves again.
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The context a block opens; `None` for blocks that hold data, as `map` and `types` do.
fn kind_of_block(name: &str, parent: ScopeKind) -> Option<ScopeKind> {
    use ScopeKind as K;
    let kind = match (name, parent) {
        ("http", K::Main) => K::Http,
        ("events" | "stream" | "mail", K::Main) | ("server" | "upstream", K::Other) => K::Other,
        ("server", K::Http) => K::Server,
        ("upstream", K::Http) => K::Upstream,
        ("location", K::Server | K::Location) => K::Location,
        ("if", K::Server | K::Location) => K::If,
        ("limit_except", K::Location) => K::LimitExcept,
        _ => return None,
    };
    Some(kind)
}

/// The context a file on its own is written for, judged by what stands in it.
fn context_of_piece(top: Siblings<'_>) -> ScopeKind {
    let mut kind = ScopeKind::Location;
    for node in top {
        match node.name() {
            "http" | "events" | "stream" => return ScopeKind::Main,
            "server" | "upstream" | "map" | "geo" | "limit_req_zone" | "proxy_cache_path" | "log_format" => {
                kind = ScopeKind::Http;
            }
            "location" | "listen" | "server_name" if kind != ScopeKind::Http => kind = ScopeKind::Server,
            _ => {}
        }
    }
    kind
}
