//! Reads an Apache configuration as httpd does: top to bottom, with `Define`, `<IfModule>`, macros
//! and includes acted on where they stand.
//!
//! The result is a tree of [`Item`]s in force, each still knowing the node it came from.

use std::path::{Path, PathBuf};

use super::Loader;
use crate::include::{self, Inclusion};
use crate::source::{FileId, Span};
use crate::tree::{At, Dialect, NodeId, NodeRef};

mod env;

pub(crate) use env::Env;

/// Deepest nesting of includes and macros followed; httpd stops at 128 includes.
const MAX_DEPTH: usize = 128;

/// Deepest nesting of sections followed, those around includes and macros counted. The parser bounds
/// it in each file; this bounds the recursion.
const MAX_NESTING: usize = 512;

/// So many includes and uses of macros are followed: what brings in twice what brings in twice, and
/// so on, has no end otherwise.
const MAX_USES: usize = 100_000;

/// An argument with its variables resolved.
#[derive(Debug, Clone)]
pub struct Arg {
    /// What httpd sees. Unknown variables are left as `${NAME}`.
    pub value: String,
    /// Where the argument is written.
    pub span: Span,
    /// The span whose text is the value itself, quotes left out; `None` when variables or escapes
    /// stand between.
    pub plain: Option<Span>,
}

impl Arg {
    /// Whether a variable in it is unknown.
    pub fn is_unresolved(&self) -> bool {
        self.value.contains("${") || self.value.contains("%{")
    }

    /// The span of a part of the value, where it is written as it reads.
    pub fn part(&self, from: usize, to: usize) -> Option<Span> {
        let plain = self.plain?;
        Some(Span::new(plain.lo + from as u32, plain.lo + to as u32))
    }
}

/// A directive or section in force.
#[derive(Debug, Clone)]
pub struct Item {
    /// The node it is written as.
    pub at: At,
    /// Its arguments.
    pub args: Vec<Arg>,
    /// What stands in the section.
    pub children: Vec<Item>,
}

/// An Apache server as httpd reads it.
#[derive(Debug, Default)]
pub struct Expanded {
    /// What is in force, in order.
    pub items: Vec<Item>,
    /// The modules loaded, by identifier (`proxy_fcgi_module`), and where.
    pub modules: Vec<(String, Span)>,
    /// `${NAME}` used where no `Define` and no envvars gives it a value.
    pub undefined: Vec<(String, Span)>,
    /// `Use` of a macro that nothing before it defines: the name as it is read, and where.
    pub unknown_macros: Vec<(String, Span)>,
    /// Conditional sections whose condition does not hold.
    pub passed_over: Vec<At>,
    /// The names of all macros, in small letters.
    pub macros: Vec<String>,
    /// The variables that have a value at the end.
    pub variables: Vec<String>,
}

/// Reads the server that begins with `main`; `dir` is the directory of a main file, `None` for a
/// vhost or .htaccess on its own.
pub(super) fn expand(loader: &mut Loader<'_>, main: FileId, dir: Option<&Path>) -> Expanded {
    let mut reader = Reader {
        env: dir.map_or_else(Env::default, |dir| Env::of_main(loader.disk, dir)),
        server_root: dir.map(Path::to_path_buf),
        home: dir.map(Path::to_path_buf),
        loader,
        out: Expanded::default(),
        macros: Vec::new(),
        open: vec![main],
        depth: 0,
        left: MAX_USES,
    };
    let items = reader.file(main);
    let mut out = reader.out;
    out.items = items;
    out.macros = reader.macros.into_iter().map(|one| one.name).collect();
    out.variables = reader.env.variables();
    out
}

struct Macro {
    name: String,
    params: Vec<String>,
    body: NodeRefKey,
}

/// A node kept while the loader goes on taking files in.
type NodeRefKey = At;

struct Reader<'l, 'a> {
    loader: &'l mut Loader<'a>,
    env: Env,
    server_root: Option<PathBuf>,
    home: Option<PathBuf>,
    out: Expanded,
    macros: Vec<Macro>,
    open: Vec<FileId>,
    /// How deep sections nest here, those around includes and macros counted.
    depth: usize,
    /// How many more includes and macros are followed.
    left: usize,
}

/// The values of a macro's parameters while its body is read.
type Bindings = [(String, String)];

impl Reader<'_, '_> {
    fn file(&mut self, file: FileId) -> Vec<Item> {
        let ids: Vec<NodeId> = self.loader.workspace.tree(file).top().map(|node| node.id).collect();
        self.nodes(file, &ids, &[])
    }

    fn nodes(&mut self, file: FileId, ids: &[NodeId], bindings: &Bindings) -> Vec<Item> {
        let mut items = Vec::new();
        for &id in ids {
            self.node(At { file, node: id }, bindings, &mut items);
        }
        items
    }

    fn children(&mut self, at: At, bindings: &Bindings) -> Vec<Item> {
        if self.depth == MAX_NESTING {
            return Vec::new();
        }
        let ids: Vec<NodeId> = self.get(at).children().map(|node| node.id).collect();
        self.depth += 1;
        let items = self.nodes(at.file, &ids, bindings);
        self.depth -= 1;
        items
    }

    fn get(&self, at: At) -> NodeRef<'_> {
        self.loader.workspace.node(at)
    }

    fn node(&mut self, at: At, bindings: &Bindings, items: &mut Vec<Item>) {
        let name = self.get(at).name().to_ascii_lowercase();
        if name == "macro" && self.get(at).body().is_some() {
            return self.define_macro(at);
        }
        let args = self.arguments(at, bindings);
        let value = |index: usize| args.get(index).map_or("", |arg: &Arg| arg.value.as_str());
        match name.as_str() {
            "define" | "undefine" | "loadmodule" | "include" | "includeoptional" | "use" => {
                let brought = self.act_on(at, &name, &args);
                items.push(Item { at, args, children: Vec::new() });
                items.extend(brought);
            }
            "ifdefine" | "ifmodule" | "ifversion" | "iffile" | "ifdirective" | "ifsection" => {
                let values: Vec<&str> = args.iter().map(|arg| arg.value.as_str()).collect();
                let holds = self.env.holds(&name, &values, self.loader);
                // The line itself is read, whatever comes of it.
                items.push(Item { at, args, children: Vec::new() });
                if holds {
                    items.extend(self.children(at, bindings));
                } else {
                    self.out.passed_over.push(at);
                }
            }
            _ => {
                if name == "serverroot" && !args.is_empty() {
                    self.server_root = Some(self.loader.below_root(Path::new(value(0))));
                }
                let children = self.children(at, bindings);
                items.push(Item { at, args, children });
            }
        }
    }

    /// Does what a directive says that httpd acts on while it reads; what it brings in.
    fn act_on(&mut self, at: At, name: &str, args: &[Arg]) -> Vec<Item> {
        let value = |index: usize| args.get(index).map_or("", |arg: &Arg| arg.value.as_str());
        match name {
            "define" => self.env.define(value(0), value(1)),
            "undefine" => self.env.undefine(value(0)),
            "loadmodule" => {
                self.out.modules.push((value(0).to_owned(), self.get(at).head()));
                self.env.load_module(value(0), value(1));
            }
            "use" => return self.use_macro(args),
            _ => return self.include(at, args, name == "includeoptional"),
        }
        Vec::new()
    }

    fn arguments(&mut self, at: At, bindings: &Bindings) -> Vec<Arg> {
        let mut undefined = Vec::new();
        let node = self.loader.workspace.node(at);
        let args = node.words().iter().enumerate().map(|(index, word)| {
            let written = node.value(*word);
            let mut value = written.clone().into_owned();
            for (param, bound) in bindings {
                value = value.replace(param.as_str(), bound);
            }
            value = self.env.resolve(&value, |name| undefined.push((name.to_owned(), word.span)));
            let plain = node.plain_span(index).filter(|_| value == *written);
            Arg { value, span: word.span, plain }
        });
        let args = args.collect();
        self.out.undefined.extend(undefined);
        args
    }

    fn define_macro(&mut self, at: At) {
        let node = self.loader.workspace.node(at);
        let mut words = node.args().map(std::borrow::Cow::into_owned);
        let Some(name) = words.next() else { return };
        let params = words.collect();
        self.macros.push(Macro { name: name.to_ascii_lowercase(), params, body: at });
    }

    fn use_macro(&mut self, args: &[Arg]) -> Vec<Item> {
        let name = args.first().map(|arg| arg.value.to_ascii_lowercase()).unwrap_or_default();
        let Some(found) = self.macros.iter().rev().find(|candidate| candidate.name == name) else {
            if let Some(arg) = args.first() {
                self.out.unknown_macros.push((arg.value.clone(), arg.span));
            }
            return Vec::new();
        };
        let values = args[1..].iter().map(|arg| arg.value.clone());
        let mut bindings: Vec<_> = found.params.iter().cloned().zip(values).collect();
        // httpd replaces the longest name first, so that `$port` does not eat into `$portal`.
        bindings.sort_by_key(|(param, _)| std::cmp::Reverse(param.len()));
        let body = found.body;
        if !self.may_follow() {
            return Vec::new();
        }
        self.open.push(body.file);
        let items = self.children(body, &bindings);
        self.open.pop();
        items
    }

    /// Whether one more include or macro is followed.
    fn may_follow(&mut self) -> bool {
        let may = self.open.len() <= MAX_DEPTH && self.left > 0;
        self.left -= usize::from(may);
        may
    }

    fn include(&mut self, at: At, args: &[Arg], optional: bool) -> Vec<Item> {
        let Some(arg) = args.first() else { return Vec::new() };
        if arg.is_unresolved() || arg.value.is_empty() || !self.may_follow() {
            return Vec::new();
        }
        let Some(pattern) = self.resolve_path(&arg.value) else { return Vec::new() };
        let home = self.home.clone();
        let certain = home.is_some() && self.loader.is_certain(&pattern, home.as_deref());
        let matches = include::apache_matches(self.loader.disk, &pattern, certain, optional);
        let ids = self.loader.load(&matches.files, Dialect::Apache);
        let files: Vec<FileId> = ids.into_iter().flatten().collect();
        let mut inclusion =
            Inclusion { at, word: arg.span, pattern, files: files.clone(), faults: matches.faults };
        let mut items = Vec::new();
        for file in files {
            if self.open.contains(&file) {
                inclusion.faults.push(include::IncludeFault::Cycle(Vec::new()));
                continue;
            }
            self.open.push(file);
            items.extend(self.file(file));
            self.open.pop();
        }
        self.loader.workspace.includes.insert(at, inclusion);
        items
    }

    /// Relative names are relative to the `ServerRoot`; a vhost on its own has none.
    fn resolve_path(&self, name: &str) -> Option<PathBuf> {
        let path = Path::new(name);
        if path.is_absolute() {
            return Some(self.loader.below_root(path));
        }
        self.server_root.as_ref().map(|root| root.join(path))
    }
}
