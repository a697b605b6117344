//! PHP-FPM: its pools, and what each says.

use std::path::Path;

use crate::load::{Server, Workspace};
use crate::source::{FileId, Span};
use crate::tree::{At, NodeRef, Quote};
use crate::value::{self, FpmListen};
use crate::version::Version;

use super::endpoint::Endpoint;

/// One `key = value` of a pool or of `[global]`.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key without its brackets: `listen`, `php_admin_value`.
    pub key: String,
    /// What stands in the brackets: `memory_limit`.
    pub sub: Option<String>,
    /// The value without its quotes, `$pool` resolved.
    pub value: String,
    /// Whether it stands there without quotes.
    pub bare: bool,
    /// Whether the line has an error of syntax.
    pub broken: bool,
    /// The line.
    pub at: At,
    /// From the key to the end of the value.
    pub span: Span,
    /// The value, quotes included; `None` when there is none.
    pub value_span: Option<Span>,
}

impl Entry {
    /// The value as FPM gets it: `1` for a bare `on`, nothing for a bare `off`.
    pub fn read(&self) -> &str {
        let reserved = if self.bare { value::php_reserved(&self.value) } else { None };
        reserved.unwrap_or(&self.value)
    }
}

/// A pool, or `[global]`: sections of one name are one, later values win.
#[derive(Debug)]
pub struct Pool {
    /// Its name.
    pub name: String,
    /// Where its first section begins.
    pub name_span: Span,
    /// Its first section.
    pub at: At,
    /// All entries, in the order FPM reads them.
    pub entries: Vec<Entry>,
    /// Where it listens; `None` when it does not say.
    pub listen: Option<Endpoint>,
    /// The same with its path as it is on this machine, the root not taken off.
    pub listen_shown: Option<Endpoint>,
}

impl Pool {
    /// The entry of a key that wins. FPM takes keys in any case.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        let wanted = |entry: &&Entry| entry.key.eq_ignore_ascii_case(key) && entry.sub.is_none();
        self.entries.iter().rev().find(wanted)
    }

    /// The entry of a key that wins, when it says anything: FPM takes an empty value for none.
    pub fn said(&self, key: &str) -> Option<&Entry> {
        self.get(key).filter(|entry| !entry.read().is_empty())
    }

    /// A whole number; `None` when the key is not set or is no number.
    pub fn number(&self, key: &str) -> Option<i64> {
        self.get(key)?.read().parse().ok()
    }

    /// Seconds; `None` when the key is not set or is no time.
    pub fn seconds(&self, key: &str) -> Option<i64> {
        let reading = value::fpm_time(self.get(key)?.read()).ok()?;
        Some(i64::from(reading.value))
    }

    /// Every `php_value[…]`, `php_flag[…]`, `php_admin_value[…]` and `php_admin_flag[…]`, in order.
    pub fn php_entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.sub.is_some() && entry.key.starts_with("php_"))
    }
}

/// One FPM: a main file with its pools, or pool files on their own.
#[derive(Debug)]
pub struct Fpm {
    /// The files it begins with.
    pub file: FileId,
    /// Whether its main file is in sight.
    pub whole: bool,
    /// The PHP version its path names.
    pub version: Option<Version>,
    /// The `[global]` section.
    pub global: Option<Pool>,
    /// Its pools, in the order they are first named.
    pub pools: Vec<Pool>,
}

impl Fpm {
    /// Reads the FPM that begins with the main file, or the pool file, of `server`.
    pub(crate) fn build(files: &Workspace, server: &Server) -> Self {
        let file = server.files[0];
        let mut reader = Reader { files, sections: Vec::new(), open: None, whole: server.whole };
        reader.read(file);
        let mut sections = reader.sections;
        let global = sections.iter().position(|section| section.name.eq_ignore_ascii_case("global"));
        let global = global.map(|index| sections.remove(index));
        for section in &mut sections {
            section.resolve(&files.root);
        }
        Self { file, whole: server.whole, version: server.version, global, pools: sections }
    }

    /// Its files, in the order FPM begins to read them.
    pub fn files(&self, files: &Workspace) -> Vec<FileId> {
        let mut found = vec![self.file];
        let mut next = 0;
        while let Some(&file) = found.get(next) {
            let includes = files.tree(file).all().filter_map(|node| files.includes.get(&node.at()));
            for &included in includes.flat_map(|inclusion| &inclusion.files) {
                if !found.contains(&included) {
                    found.push(included);
                }
            }
            next += 1;
        }
        found
    }
}

struct Reader<'a> {
    files: &'a Workspace,
    sections: Vec<Pool>,
    /// The section keys belong to now; an include leaves it as the included file did.
    open: Option<usize>,
    /// Whether what stands before all sections is known to: it belongs to `[global]`.
    whole: bool,
}

impl Reader<'_> {
    fn read(&mut self, file: FileId) {
        for node in self.files.tree(file).top() {
            if node.body().is_some() {
                self.open = Some(self.section(node));
                for key in node.children() {
                    self.key(key);
                }
            } else {
                self.key(node);
            }
        }
    }

    /// The section that `node` begins or goes on with. FPM takes names in any case.
    fn section(&mut self, node: NodeRef<'_>) -> usize {
        let name = if node.body().is_some() { node.name() } else { "global" };
        let known = |section: &Pool| section.name.eq_ignore_ascii_case(name);
        self.sections.iter().position(known).unwrap_or_else(|| {
            self.sections.push(Pool {
                name: name.to_owned(),
                name_span: node.head(),
                at: node.at(),
                entries: Vec::new(),
                listen: None,
                listen_shown: None,
            });
            self.sections.len() - 1
        })
    }

    fn key(&mut self, node: NodeRef<'_>) {
        if let Some(inclusion) = self.files.includes.get(&node.at()) {
            for file in inclusion.files.clone() {
                self.read(file);
            }
            return;
        }
        if self.open.is_none() && self.whole {
            self.open = Some(self.section(node));
        }
        let Some(section) = self.open.and_then(|open| self.sections.get_mut(open)) else { return };
        let (key, sub) = split_key(node.name());
        section.entries.push(Entry {
            key: key.to_owned(),
            sub: sub.map(str::to_owned),
            value: node.arg(0).unwrap_or_default().into_owned(),
            bare: node.words().first().is_some_and(|word| word.quote == Quote::None),
            broken: node.tree.errors_at(node.head()).any(|error| node.head().contains(error.span)),
            at: node.at(),
            span: node.head(),
            value_span: node.arg_span(0),
        });
    }
}

/// `php_value[memory_limit]` as `php_value` and `memory_limit`.
pub(crate) fn split_key(name: &str) -> (&str, Option<&str>) {
    match name.split_once('[') {
        Some((key, rest)) => (key.trim_end(), Some(rest.trim_end().trim_end_matches(']').trim())),
        None => (name, None),
    }
}

impl Pool {
    /// Puts the name of the pool in for `$pool`, and finds out where it listens.
    fn resolve(&mut self, root: &Path) {
        let name = self.name.clone();
        for entry in &mut self.entries {
            if entry.value.contains("$pool") {
                entry.value = entry.value.replace("$pool", &name);
            }
        }
        let prefix = self.get("prefix").map(|entry| entry.value.clone());
        let endpoint_below =
            |root: &Path| self.get("listen").map(|entry| endpoint(&entry.value, prefix.as_deref(), root));
        (self.listen, self.listen_shown) = (endpoint_below(root), endpoint_below(Path::new("/")));
    }
}

/// Where a `listen` value listens.
fn endpoint(value: &str, prefix: Option<&str>, root: &Path) -> Endpoint {
    match value::fpm_listen(value) {
        Ok(FpmListen::Port(port) | FpmListen::HostPort("0.0.0.0" | "::", port)) => Endpoint::tcp("*", port),
        Ok(FpmListen::HostPort(host, port)) => Endpoint::tcp(host, port),
        Ok(FpmListen::UnixPath(path)) => match (path.starts_with('/'), prefix) {
            (true, _) => Endpoint::unix(path, root),
            (false, Some(prefix)) => {
                Endpoint::unix(&format!("{}/{path}", prefix.trim_end_matches('/')), root)
            }
            (false, None) => Endpoint::Unresolved,
        },
        Err(_) => Endpoint::Unresolved,
    }
}
