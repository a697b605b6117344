//! Reads and parses the files that were asked for, those they include, and their companions.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::discover::{self, Failure, Main, Plan, Question, Told};
use crate::include::{Inclusion, glob};
use crate::source::{FileId, SourceMap, Span};
use crate::tree::{At, Dialect, NodeRef, Tree};
use crate::users::Users;
use crate::version::Version;
use crate::vfs::{Disk, Kind};

pub(crate) mod apache;
mod htaccess;
mod link;
mod services;

/// One parsed file.
#[derive(Debug)]
pub struct File {
    /// Its name in the [`SourceMap`].
    pub id: FileId,
    /// The path it was reached by.
    pub path: PathBuf,
    /// The one name of it, links resolved: where a fix is written.
    pub real: PathBuf,
    /// Its language.
    pub dialect: Dialect,
    /// What it says.
    pub tree: Tree,
    /// Whether the user asked about it; companions are evidence only.
    pub asked: bool,
}

/// A server: its main file, or a file that stands alone.
#[derive(Debug)]
pub struct Server {
    /// Its language; [`Dialect::Php`] for a php.ini.
    pub dialect: Dialect,
    /// The files it begins with: the main file, and for php.ini those of conf.d behind it.
    pub files: Vec<FileId>,
    /// Whether this is a whole server, with its main file, or a piece of one.
    pub whole: bool,
    /// The version its path names.
    pub version: Option<Version>,
    /// The directory its files lie in.
    pub home: PathBuf,
    /// An Apache as httpd reads it.
    pub apache: Option<apache::Expanded>,
}

/// All parsed files of a run. A [`FileId`] is the index of its file.
#[derive(Debug, Default)]
pub struct Workspace {
    /// What absolute paths in the files are below.
    pub root: PathBuf,
    /// Whether the root is that of a machine, so that a path which is not there is missing.
    pub rooted: bool,
    /// The files, by [`FileId`].
    pub files: Vec<File>,
    /// The servers they belong to.
    pub servers: Vec<Server>,
    /// Files that tell of services which are not gateways.
    pub services: Vec<(FileId, Told)>,
    /// What each include brings in.
    pub includes: HashMap<At, Inclusion>,
    /// Files of FastCGI parameters that stand beside the main file of nginx.
    pub params: Vec<&'static str>,
    /// Users and groups, where the tree tells.
    pub users: Users,
    /// Files that are there and could not be read, and why.
    pub unreadable: Vec<(PathBuf, String)>,
    /// The working directory, when the user named a path relative to it: shown paths are too.
    pub shown_below: Option<PathBuf>,
}

impl Workspace {
    /// The file of an id.
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
    }

    /// The tree of an id.
    pub fn tree(&self, id: FileId) -> &Tree {
        &self.file(id).tree
    }

    /// The node at a place.
    pub fn node(&self, at: At) -> NodeRef<'_> {
        self.tree(at.file).node(at.node)
    }

    /// Whether a file of parameters (`fastcgi_params`, `fastcgi.conf`) stands beside the main file of nginx.
    pub fn stands_beside_main(&self, name: &str) -> bool {
        self.params.contains(&name)
    }

    /// A path as it is shown to the user, who can open it by this name.
    pub fn shown<'p>(&self, path: &'p Path) -> &'p Path {
        let below = self.shown_below.as_ref().and_then(|base| path.strip_prefix(base).ok());
        below.filter(|rest| !rest.as_os_str().is_empty()).unwrap_or(path)
    }

    /// A path as the server names it, on the machine this may be a copy of.
    pub fn on_machine(&self, path: &Path) -> PathBuf {
        match path.strip_prefix(&self.root) {
            Ok(inside) if self.rooted => Path::new("/").join(inside),
            _ => path.to_path_buf(),
        }
    }

    /// Whether the user asked about the file a span lies in.
    pub fn is_asked(&self, sources: &SourceMap, span: Span) -> bool {
        self.file(sources.file_id(span)).asked
    }
}

/// Loads what `question` asks about.
pub(crate) fn load(question: Question<'_>, disk: &Disk) -> Result<(SourceMap, Workspace), Failure> {
    let plan = discover::plan(question, disk)?;
    let mut loader = Loader::new(question, disk, &plan);
    loader.workspace.unreadable.clone_from(&plan.unreadable);
    loader.workspace.users = Users::read(disk, &plan.root);
    for main in &plan.mains {
        loader.load_main(main);
    }
    loader.load_htaccess();
    loader.load_loose();
    loader.load_services();
    Ok((loader.sources, loader.workspace))
}

/// Takes files in, each once.
pub(crate) struct Loader<'a> {
    pub(crate) disk: &'a Disk,
    pub(crate) plan: &'a Plan,
    pub(crate) sources: SourceMap,
    pub(crate) workspace: Workspace,
    known: HashMap<(PathBuf, Dialect), FileId>,
    /// The asked paths, links resolved.
    asked_real: Vec<PathBuf>,
}

impl<'a> Loader<'a> {
    fn new(question: Question<'_>, disk: &'a Disk, plan: &'a Plan) -> Self {
        let relative = question.paths.iter().any(|path| path.is_relative());
        let shown_below = relative.then(|| discover::absolute(Path::new(".")));
        let (root, rooted) = (plan.root.clone(), plan.rooted);
        let workspace = Workspace { root, rooted, shown_below, ..Workspace::default() };
        let asked_real = plan.asked.iter().map(|path| disk.canonical(path)).collect();
        let (sources, known) = (SourceMap::default(), HashMap::new());
        Self { disk, plan, sources, workspace, known, asked_real }
    }

    fn load_main(&mut self, main: &Main) {
        let Some(&Some(id)) = self.load(std::slice::from_ref(&main.file), main.dialect).first() else {
            return;
        };
        let mut server = Server {
            dialect: main.dialect,
            files: vec![id],
            whole: true,
            version: main.version,
            home: main.home.clone(),
            apache: None,
        };
        let dir = main.file.parent().unwrap_or(Path::new("/")).to_path_buf();
        match main.dialect {
            Dialect::Nginx => {
                self.link_nginx(id, Some(&dir));
                let there = |name: &&str| self.disk.kind(&dir.join(name)) == Some(Kind::File);
                self.workspace.params = ["fastcgi.conf", "fastcgi_params", "scgi_params", "uwsgi_params"]
                    .into_iter()
                    .filter(there)
                    .collect();
            }
            Dialect::Fpm => self.link_fpm(id, &dir),
            Dialect::Php => server.files.extend(self.load_conf_d(&dir)),
            Dialect::Service => {}
            Dialect::Apache => server.apache = Some(apache::expand(self, id, Some(&dir))),
        }
        self.workspace.servers.push(server);
    }

    /// Files no main file reaches: each is a piece of a server of its own, unless another piece
    /// includes it.
    fn load_loose(&mut self) {
        for dialect in [Dialect::Nginx, Dialect::Apache, Dialect::Fpm, Dialect::Php] {
            let of_dialect = self.plan.loose.iter().filter(|(_, other)| *other == dialect);
            let paths: Vec<PathBuf> = of_dialect.map(|(path, _)| path.clone()).collect();
            let fresh: Vec<PathBuf> = paths
                .into_iter()
                .filter(|path| !self.known.contains_key(&(self.disk.canonical(path), dialect)))
                .collect();
            let ids: Vec<FileId> = self.load(&fresh, dialect).into_iter().flatten().collect();
            for &id in &ids {
                self.load_piece(id, dialect);
            }
        }
        let included: HashSet<FileId> =
            self.workspace.includes.values().flat_map(|inclusion| inclusion.files.iter().copied()).collect();
        self.workspace.servers.retain(|server| server.whole || !included.contains(&server.files[0]));
    }

    fn load_piece(&mut self, id: FileId, dialect: Dialect) {
        let home = self.workspace.file(id).path.parent().unwrap_or(Path::new("/")).to_path_buf();
        let mut apache = None;
        match dialect {
            Dialect::Nginx => self.link_nginx(id, None),
            Dialect::Fpm => self.link_fpm(id, &home),
            Dialect::Php | Dialect::Service => {}
            Dialect::Apache => apache = Some(apache::expand(self, id, None)),
        }
        let server = Server { dialect, files: vec![id], whole: false, version: None, home, apache };
        self.workspace.servers.push(server);
    }

    /// Reads and parses `paths`, at once where there are many; `None` for what cannot be read.
    pub(crate) fn load(&mut self, paths: &[PathBuf], dialect: Dialect) -> Vec<Option<FileId>> {
        let real: Vec<PathBuf> = paths.iter().map(|path| self.disk.canonical(path)).collect();
        let mut seen = HashSet::new();
        let is_fresh = |index: &usize| {
            let path = &real[*index];
            seen.insert(path) && !self.known.contains_key(&(path.clone(), dialect))
        };
        let fresh: Vec<usize> = (0..real.len()).filter(is_fresh).collect();
        let texts: Vec<_> = fresh.par_iter().map(|&index| (index, self.disk.read(&paths[index]))).collect();
        let mut added = Vec::new();
        for (index, bytes) in texts {
            match bytes {
                Ok(bytes) => added.extend(self.take(&paths[index], &real[index], dialect, bytes)),
                Err(error) => self.unreadable(&paths[index], &error.to_string()),
            }
        }
        let sources = &self.sources;
        let files: Vec<File> = added
            .into_par_iter()
            .map(|(id, path, real, asked)| {
                let tree = Tree::parse(id, dialect, sources.file(id));
                File { id, path, real, dialect, tree, asked }
            })
            .collect();
        self.workspace.files.extend(files);
        real.into_iter().map(|path| self.known.get(&(path, dialect)).copied()).collect()
    }

    /// Gives a file its place in the address space, in which its tree is then made.
    fn take(
        &mut self,
        path: &Path,
        real: &Path,
        dialect: Dialect,
        bytes: Vec<u8>,
    ) -> Option<(FileId, PathBuf, PathBuf, bool)> {
        let shown = self.shown(path);
        let Ok(id) = self.sources.add(&shown, bytes) else {
            self.unreadable(path, "all files together are larger than 4 GiB");
            return None;
        };
        self.known.insert((real.to_path_buf(), dialect), id);
        let asked = discover::is_asked(&self.plan.asked, path) || discover::is_asked(&self.asked_real, real);
        Some((id, path.to_path_buf(), real.to_path_buf(), asked))
    }

    fn unreadable(&mut self, path: &Path, why: &str) {
        let shown = self.shown(path);
        self.workspace.unreadable.push((shown, why.to_owned()));
    }

    fn shown(&self, path: &Path) -> PathBuf {
        self.workspace.shown(path).to_path_buf()
    }

    /// An absolute path of the configuration as a path of this machine: one that already lies below
    /// the root as it is, any other below the root.
    ///
    /// A repository that holds only a part of `/etc` has no root: there the end of the path decides,
    /// `/etc/nginx/snippets/ssl.conf` as `nginx/snippets/ssl.conf` or `snippets/ssl.conf`.
    pub(crate) fn below_root(&self, path: &Path) -> PathBuf {
        let root = &self.plan.root;
        if path.starts_with(root) {
            return path.to_path_buf();
        }
        let inside = path.strip_prefix("/").unwrap_or(path);
        if self.plan.rooted {
            return root.join(inside);
        }
        // A pattern alone (`*.conf`) would fit whatever lies at the top.
        let says_enough =
            |end: &Path| end.components().count() > 1 || !glob::is_pattern(&end.to_string_lossy());
        let mut end = inside.components();
        while end.next().is_some() && !end.as_path().as_os_str().is_empty() && says_enough(end.as_path()) {
            let candidate = root.join(end.as_path());
            if !glob::expand(self.disk, &candidate).is_empty() {
                return candidate;
            }
        }
        root.join(inside)
    }

    /// Whether a file that is not at `path` is missing, not merely kept elsewhere: on the machine
    /// itself, in the server's own directory, and where the directory it should be in is there.
    pub(crate) fn is_certain(&self, path: &Path, home: Option<&Path>) -> bool {
        let in_home = home.is_some_and(|home| path.starts_with(home));
        let beside = path.parent().is_some_and(|dir| self.disk.kind(dir).is_some());
        self.plan.rooted && (self.plan.root == Path::new("/") || in_home || beside)
    }
}
