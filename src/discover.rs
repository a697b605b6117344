//! Which files to read: the root, the main file of each server, and files that stand alone.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::tree::Dialect;
use crate::vfs::{Disk, Kind, clean};

mod companions;
mod services;
mod sniff;

pub(crate) use companions::{Main, mains};
pub use services::Told;

/// What a run is asked to read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    /// The files and directories asked about.
    pub(crate) paths: &'a [PathBuf],
    /// The root, when it was given.
    pub(crate) root: Option<&'a Path>,
    /// The language of files whose name does not tell.
    pub(crate) dialect: Option<Dialect>,
}

/// A run could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// A path that was asked for is not there.
    NoSuchPath(PathBuf),
    /// Nothing at the paths is configuration of a known kind.
    NothingToLint(Vec<PathBuf>),
    /// The paths belong to several machines, whose files have nothing to do with each other.
    SeveralMachines(Vec<PathBuf>),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoSuchPath(path) => write!(f, "{}: no such file or directory", path.display()),
            Self::SeveralMachines(roots) => {
                let roots: Vec<_> = roots.iter().map(|root| root.display().to_string()).collect();
                write!(f, "the paths belong to {} machines; run gwlint once for each: ", roots.len())?;
                f.write_str(&roots.join(", "))
            }
            Self::NothingToLint(paths) => {
                let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
                write!(
                    f,
                    "nothing to lint in {}: no nginx, Apache, PHP-FPM or php.ini configuration found \
                     (name the language of a single file with --dialect)",
                    paths.join(", ")
                )
            }
        }
    }
}

impl std::error::Error for Failure {}

/// What the paths of a question amount to.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// What absolute paths in the configuration are below.
    pub(crate) root: PathBuf,
    /// Whether the root is that of a machine: named, or what stands before an `etc`.
    pub(crate) rooted: bool,
    /// The asked paths, absolute.
    pub(crate) asked: Vec<PathBuf>,
    /// Main files of servers, asked for or beside what was.
    pub(crate) mains: Vec<Main>,
    /// Files asked for that no main file has to reach: single files, and all of a tree without mains.
    pub(crate) loose: Vec<(PathBuf, Dialect)>,
    /// What tells of services that are not gateways, asked for or beside what was.
    pub(crate) services: Vec<(PathBuf, Told)>,
    /// Whether files asked for are in force only when a main file includes them.
    pub(crate) governed: bool,
    /// What could not be looked into, and why.
    pub(crate) unreadable: Vec<(PathBuf, String)>,
}

/// Finds out what `question` is about.
pub(crate) fn plan(question: Question<'_>, disk: &Disk) -> Result<Plan, Failure> {
    let mut plan = Plan::default();
    for path in question.paths {
        let path = absolute(path);
        match disk.kind(&path) {
            None | Some(Kind::DanglingLink) => return Err(Failure::NoSuchPath(path)),
            Some(_) => plan.asked.push(path),
        }
    }
    (plan.root, plan.rooted) = find_root(question, &plan.asked, disk)?;
    if plan.rooted {
        plan.mains = mains(&plan.root, disk);
    }
    if plan.rooted {
        plan.services = services::of_machine(&plan.root, disk);
    }
    plan.services.extend(services::compose_above(&plan.asked, disk));
    for path in plan.asked.clone() {
        if disk.kind(&path) == Some(Kind::Directory) {
            ask_directory(&path, question, disk, &mut plan);
        } else {
            ask_file(&path, question, disk, &mut plan);
        }
    }
    let asked_main = plan.mains.iter().any(|main| is_asked(&plan.asked, &main.file));
    let asked_service = plan.services.iter().any(|(path, _)| is_asked(&plan.asked, path));
    let nothing = !asked_main && !asked_service && !plan.governed && plan.loose.is_empty();
    if nothing && plan.unreadable.is_empty() {
        return Err(Failure::NothingToLint(question.paths.to_vec()));
    }
    Ok(plan)
}

/// The path from `/`, cleaned; relative paths begin where the process stands.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    clean(&std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()))
}

/// Whether `path` is one of `asked` or lies below one.
pub(crate) fn is_asked(asked: &[PathBuf], path: &Path) -> bool {
    asked.iter().any(|asked| path.starts_with(asked))
}

/// The root: given, or that of the one machine the paths belong to. What belongs to none, a repository
/// of sites, has the directory itself for a root that is none.
fn find_root(question: Question<'_>, asked: &[PathBuf], disk: &Disk) -> Result<(PathBuf, bool), Failure> {
    if let Some(root) = &question.root {
        return Ok((absolute(root), true));
    }
    let mut machines: BTreeSet<PathBuf> = asked.iter().filter_map(|path| root_of(path, disk)).collect();
    if machines.is_empty() {
        machines = asked.iter().flat_map(|path| machines_below(path, disk)).collect();
    }
    match machines.len() {
        0 => {
            let first = asked.first().cloned().unwrap_or_default();
            let is_dir = disk.kind(&first) == Some(Kind::Directory);
            let parent = first.parent().map(Path::to_path_buf);
            Ok((if is_dir { first } else { parent.unwrap_or_default() }, false))
        }
        1 => Ok((machines.into_iter().next().unwrap_or_default(), true)),
        _ => Err(Failure::SeveralMachines(machines.into_iter().collect())),
    }
}

/// What stands before the last `etc` of a path, or a path that holds an `etc`.
fn root_of(path: &Path, disk: &Disk) -> Option<PathBuf> {
    let holds_etc = || disk.kind(&path.join("etc")) == Some(Kind::Directory);
    before_etc(path).or_else(|| holds_etc().then(|| path.to_path_buf()))
}

/// The machines whose `etc` a directory holds somewhere below, as a repository of several hosts does.
fn machines_below(dir: &Path, disk: &Disk) -> BTreeSet<PathBuf> {
    let mut found = Vec::new();
    if disk.kind(dir) == Some(Kind::Directory) {
        walk(dir, disk, &mut found, &mut Vec::new());
    }
    let roots: BTreeSet<PathBuf> = found.iter().filter_map(|path| before_etc(path)).collect();
    roots.into_iter().filter(|root| !mains(root, disk).is_empty()).collect()
}

fn before_etc(path: &Path) -> Option<PathBuf> {
    let components: Vec<_> = path.components().collect();
    let etc = components.iter().rposition(|part| *part == Component::Normal("etc".as_ref()))?;
    Some(components[..etc].iter().collect())
}

/// A single file that was named: linted whatever reaches it.
fn ask_file(path: &Path, question: Question<'_>, disk: &Disk, plan: &mut Plan) {
    if plan.mains.iter().any(|main| disk.canonical(&main.file) == disk.canonical(path)) {
        return;
    }
    if disk.kind(path) == Some(Kind::Other) {
        plan.unreadable.push((path.to_path_buf(), "not a regular file".to_owned()));
        return;
    }
    if let (None, Some(told)) = (question.dialect, Told::of(path)) {
        return plan.services.push((path.to_path_buf(), told));
    }
    let bytes = match disk.read(path) {
        Ok(bytes) => bytes,
        Err(error) => return plan.unreadable.push((path.to_path_buf(), error.to_string())),
    };
    match question.dialect.or_else(|| sniff::by_name(path)).or_else(|| sniff::by_text(&bytes)) {
        Some(dialect) => plan.loose.push((path.to_path_buf(), dialect)),
        None => plan.unreadable.push((
            path.to_path_buf(),
            "cannot tell which language this is; say it with --dialect nginx, apache, fpm or php".to_owned(),
        )),
    }
}

/// A directory: the servers whose main file is in it, or else every file of a known kind.
fn ask_directory(dir: &Path, question: Question<'_>, disk: &Disk, plan: &mut Plan) {
    let looked_in = if plan.rooted && plan.root == *dir { dir.join("etc") } else { dir.to_path_buf() };
    let whole_etc = plan.rooted && looked_in == plan.root.join("etc");
    let ours = |path: &Path| {
        let below = path.strip_prefix(&looked_in);
        !whole_etc || path == looked_in || below.is_ok_and(companions::is_of_a_server)
    };
    let (mut found, mut unreadable) = (Vec::new(), Vec::new());
    walk(&looked_in, disk, &mut found, &mut unreadable);
    plan.unreadable.extend(unreadable.into_iter().filter(|(path, _)| ours(path)));
    found.retain(|path| ours(path));
    if !plan.rooted {
        plan.mains.extend(found.iter().filter_map(|path| Main::in_repository(path, disk)));
    }
    for path in found {
        if let Some(told) = Told::of(&path) {
            plan.services.push((path, told));
            continue;
        }
        let named = sniff::by_name(&path);
        if named.is_none() && plan.rooted && lies_in_a_home(&path, plan) {
            plan.governed = true;
            continue;
        }
        let Some(dialect) = named.or_else(|| sniff_file(&path, question, disk)) else {
            continue;
        };
        if plan.mains.iter().any(|main| main.file == path) {
            continue;
        }
        if plan.rooted && reached_by_main(&path, dialect, plan) {
            plan.governed = true;
        } else {
            plan.loose.push((path, dialect));
        }
    }
}

fn sniff_file(path: &Path, question: Question<'_>, disk: &Disk) -> Option<Dialect> {
    if !sniff::may_be_configuration(path) {
        return None;
    }
    question.dialect.or_else(|| disk.read(path).ok().and_then(|bytes| sniff::by_text(&bytes)))
}

/// Whether a file lies in the directory of a server: what it is, its server decides by including it.
fn lies_in_a_home(path: &Path, plan: &Plan) -> bool {
    plan.mains.iter().any(|main| path.starts_with(&main.home))
}

/// Whether a main file decides if this file is in force: then it is read when it is included.
fn reached_by_main(path: &Path, dialect: Dialect, plan: &Plan) -> bool {
    let per_directory = path.file_name().is_some_and(|name| name == ".htaccess" || name == ".user.ini");
    !per_directory && plan.mains.iter().any(|main| main.governs(path, dialect))
}

/// All files below `dir`, without those of version control and package directories.
fn walk(dir: &Path, disk: &Disk, found: &mut Vec<PathBuf>, unreadable: &mut Vec<(PathBuf, String)>) {
    let mut open = vec![dir.to_path_buf()];
    let mut seen = std::collections::HashSet::new();
    while let Some(dir) = open.pop() {
        if !seen.insert(disk.canonical(&dir)) {
            continue;
        }
        let names = match disk.list(&dir) {
            Ok(names) => names,
            Err(error) => {
                unreadable.push((dir, error.to_string()));
                continue;
            }
        };
        for name in names {
            let path = dir.join(&name);
            match disk.kind(&path) {
                Some(Kind::Directory) if !skipped_directory(&name) => open.push(path),
                Some(Kind::File) => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
}

fn skipped_directory(name: &str) -> bool {
    name.starts_with('.') || matches!(name, "node_modules" | "vendor" | "target")
}
