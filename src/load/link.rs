//! Follows the includes of nginx, PHP-FPM and php.ini.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::Loader;
use crate::include::{self, IncludeFault, Inclusion, Matches};
use crate::source::{FileId, Span};
use crate::tree::{At, Dialect};
use crate::vfs::Kind;

impl Loader<'_> {
    /// Loads what the nginx file `main` includes, and what that includes. Relative names are
    /// relative to `prefix`, the directory of the main file, wherever they stand.
    pub(super) fn link_nginx(&mut self, main: FileId, prefix: Option<&Path>) {
        self.follow(main, Dialect::Nginx, |loader, from, name| {
            let pattern = loader.nginx_pattern(from, name, prefix);
            let certain = prefix.is_some() && loader.is_certain(&pattern, prefix);
            let matches = include::nginx_matches(loader.disk, &pattern, certain);
            (pattern, matches)
        });
    }

    /// Without a main file, relative names are looked for from the file upwards.
    fn nginx_pattern(&self, from: FileId, name: &str, prefix: Option<&Path>) -> PathBuf {
        let name = Path::new(name);
        if name.is_absolute() {
            return self.below_root(name);
        }
        if let Some(prefix) = prefix {
            return prefix.join(name);
        }
        let path = &self.workspace.file(from).path;
        let above = path.ancestors().skip(1).take_while(|dir| dir.starts_with(&self.plan.root));
        let found =
            above.map(|dir| dir.join(name)).find(|path| !include::glob::expand(self.disk, path).is_empty());
        found.unwrap_or_else(|| path.with_file_name("").join(name))
    }

    /// Loads the pool files of the FPM main file `main`.
    pub(super) fn link_fpm(&mut self, main: FileId, dir: &Path) {
        self.follow(main, Dialect::Fpm, |loader, _, name| {
            let name = Path::new(name);
            let pattern = if name.is_absolute() { loader.below_root(name) } else { dir.join(name) };
            let certain = name.is_absolute() && loader.is_certain(&pattern, Some(versions(dir)));
            let matches = include::fpm_matches(loader.disk, &pattern, certain);
            (pattern, matches)
        });
    }

    /// Loads the files PHP reads after the php.ini in `dir`.
    pub(super) fn load_conf_d(&mut self, dir: &Path) -> Vec<FileId> {
        let places = ["conf.d", "php.d"].map(|name| dir.join(name));
        let Some(scan) = places.iter().find(|dir| self.disk.kind(dir) == Some(Kind::Directory)) else {
            return Vec::new();
        };
        let names = self.disk.list(scan).unwrap_or_default();
        let ini = names.iter().filter(|name| Path::new(name).extension().is_some_and(|ext| ext == "ini"));
        let paths: Vec<PathBuf> =
            ini.map(|name| scan.join(name)).filter(|path| self.disk.kind(path) == Some(Kind::File)).collect();
        self.load(&paths, Dialect::Php).into_iter().flatten().collect()
    }

    /// Goes through the includes in rounds, so that the files of a round are parsed side by side.
    fn follow<F>(&mut self, main: FileId, dialect: Dialect, resolve: F)
    where
        F: Fn(&Self, FileId, &str) -> (PathBuf, Matches),
    {
        let mut seen: HashSet<FileId> = HashSet::from([main]);
        let mut own = Vec::new();
        let mut round = vec![main];
        while !round.is_empty() {
            let mut found = Vec::new();
            for &file in &round {
                for (at, word, name) in self.include_words(file) {
                    let (pattern, matches) = resolve(self, file, &name);
                    found.push((at, word, pattern, matches));
                }
            }
            let paths: Vec<PathBuf> = found.iter().flat_map(|(.., matches)| matches.files.clone()).collect();
            let mut ids = self.load(&paths, dialect).into_iter();
            let mut next = Vec::new();
            for (at, word, pattern, matches) in found {
                let files: Vec<FileId> = ids.by_ref().take(matches.files.len()).flatten().collect();
                next.extend(files.iter().copied().filter(|&file| seen.insert(file)));
                let inclusion = Inclusion { at, word, pattern, files, faults: matches.faults };
                own.push(at);
                self.workspace.includes.insert(at, inclusion);
            }
            round = next;
        }
        self.break_cycles(main, &own);
    }

    /// The `include` directives of a file, with their argument.
    fn include_words(&self, file: FileId) -> Vec<(At, Span, String)> {
        let tree = self.workspace.tree(file);
        let includes = tree.all().filter(|node| node.name() == "include" && node.body().is_none());
        includes
            .filter_map(|node| Some((node.at(), node.arg_span(0)?, node.arg(0)?.into_owned())))
            .filter(|(.., name)| !name.is_empty() && !name.contains('\0'))
            .collect()
    }

    /// Takes out every file that is included again below itself, so that walking ends.
    fn break_cycles(&mut self, main: FileId, includes: &[At]) {
        let mut edges: HashMap<FileId, Vec<At>> = HashMap::new();
        for &at in includes {
            edges.entry(at.file).or_default().push(at);
        }
        for ats in edges.values_mut() {
            ats.sort();
        }
        let mut walk = CycleWalk { edges: &edges, done: HashSet::new(), path: Vec::new(), found: Vec::new() };
        walk.visit(main, &self.workspace.includes);
        for (at, file, circle) in walk.found {
            if let Some(inclusion) = self.workspace.includes.get_mut(&at) {
                inclusion.files.retain(|&other| other != file);
                inclusion.faults.push(IncludeFault::Cycle(circle));
            }
        }
    }
}

/// Looks for includes that lead back to a file they are below.
struct CycleWalk<'a> {
    edges: &'a HashMap<FileId, Vec<At>>,
    done: HashSet<FileId>,
    /// The files open now, each with the include that led on from it.
    path: Vec<(FileId, Option<Span>)>,
    found: Vec<(At, FileId, Vec<Span>)>,
}

impl CycleWalk<'_> {
    /// An explicit stack: include chains can be as long as there are files.
    fn visit(&mut self, main: FileId, includes: &HashMap<At, Inclusion>) {
        let steps = |file: FileId| -> Vec<(At, Span, FileId)> {
            let ats = self.edges.get(&file).map(Vec::as_slice).unwrap_or_default();
            let of = |at: &At| {
                let inclusion = &includes[at];
                inclusion.files.iter().map(|&file| (*at, inclusion.word, file)).collect::<Vec<_>>()
            };
            ats.iter().flat_map(of).collect()
        };
        let mut todo = vec![(main, steps(main).into_iter())];
        self.path.push((main, None));
        while let Some((file, next)) = todo.last_mut() {
            let Some((at, word, target)) = next.next() else {
                self.done.insert(*file);
                self.path.pop();
                todo.pop();
                continue;
            };
            if let Some(last) = self.path.last_mut() {
                last.1 = Some(word);
            }
            if let Some(start) = self.path.iter().position(|&(open, _)| open == target) {
                let circle =
                    self.path[start..self.path.len() - 1].iter().filter_map(|&(_, word)| word).collect();
                self.found.push((at, target, circle));
            } else if !self.done.contains(&target) {
                self.path.push((target, None));
                todo.push((target, steps(target).into_iter()));
            }
        }
    }
}

/// The directory that holds those of all versions of PHP, as Debian has them, for that of one FPM: what is not in
/// it is not on the machine.
fn versions(dir: &Path) -> &Path {
    let version = dir.parent().filter(|_| dir.ends_with("fpm"));
    let number = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(|c: char| c.is_ascii_digit());
    match version {
        Some(version) if version.file_name().is_some_and(number) => version.parent().unwrap_or(dir),
        _ => dir,
    }
}
