//! The trees to repair.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gwlint::diagnostic::Applicability;
use gwlint::fix::{Repair, converge};
use gwlint::rules::ALL;
use gwlint::session::{Request, Session};
use gwlint::vfs::Disk;
use walkdir::WalkDir;

use crate::base::Base;
use crate::record::{self, Recorded};
use crate::server::Server;
use crate::session::session;
use crate::{base, card};

/// Files, and what to ask of them.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    /// What it is called in reports.
    pub(crate) name: String,
    /// All files by their real path; they lie over the disk of the session.
    pub(crate) files: BTreeMap<PathBuf, Vec<u8>>,
    session: Session,
}

impl Tree {
    fn new(
        name: impl Into<String>,
        session: Session,
        files: impl IntoIterator<Item = (PathBuf, Vec<u8>)>,
    ) -> Self {
        let files = files.into_iter().map(|(path, bytes)| (session.disk.canonical(&path), bytes)).collect();
        Self { name: name.into(), files, session }
    }

    /// A configuration of the oracle, with all rules and not only those about the language.
    pub(crate) fn of(base: &Base) -> Self {
        let path = if base.server == Server::Php { base.main.clone() } else { base.home() };
        let dialect = Some(base.server.dialect());
        let request = Request { paths: vec![path], dialect, rules: ALL.to_vec(), ..Request::default() };
        let files = base.files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes()));
        Self::new(&base.name, Session { request, disk: base.disk() }, files)
    }

    /// The run over these files.
    pub(crate) fn session(&self) -> Session {
        let files = self.files.iter().map(|(path, bytes)| (path.clone(), bytes.clone()));
        Session { request: self.session.request.clone(), disk: self.session.disk.with(files) }
    }

    /// The tree with the files as a repair makes them.
    pub(crate) fn repaired(&self, repair: &Repair) -> Self {
        let mut tree = self.clone();
        tree.files.extend(repair.files.iter().map(|file| (file.real.clone(), file.after.clone())));
        tree
    }

    /// All repairs of a kind.
    pub(crate) fn repair(&self, allow: Applicability) -> Result<Repair, String> {
        converge(&self.session(), allow).map_err(|failure| failure.to_string())
    }
}

/// Every directory of `fixtures/`.
pub(crate) fn fixtures() -> Vec<Tree> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let entries = WalkDir::new(folder).min_depth(1).max_depth(1).sort_by_file_name();
    let entries = entries.into_iter().map(|entry| entry.expect("fixtures/ is there"));
    entries.filter(|entry| entry.file_type().is_dir()).map(|entry| fixture(entry.path())).collect()
}

fn fixture(dir: &Path) -> Tree {
    let request = Request { paths: vec![dir.to_path_buf()], rules: ALL.to_vec(), ..Request::default() };
    let entries = WalkDir::new(dir).into_iter().map(|entry| entry.expect("it can be listed"));
    let files = entries.filter(|entry| entry.file_type().is_file()).map(|entry| {
        let bytes = fs::read(entry.path()).expect("it can be read");
        (entry.into_path(), bytes)
    });
    let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Tree::new(name, Session { request, disk: Disk::real() }, files.collect::<Vec<_>>())
}

/// One of `every` trees of the cards, good or bad, with all rules.
pub(crate) fn cards(every: usize) -> Vec<Tree> {
    let mut trees = Vec::new();
    for rule in ALL {
        let card = card::parse(rule.card).expect("a card that can be read");
        for scenario in card.bad.iter().chain(&card.good) {
            let session = session(ALL.to_vec(), scenario);
            // The main files that were added to the scenario are files as well.
            let paths =
                scenario.files.iter().map(|(path, _)| path.clone()).chain(Server::ALL.map(Server::main));
            let files = paths.filter_map(|path| Some((path.clone(), session.disk.read(&path).ok()?)));
            let files = files.collect::<Vec<_>>();
            trees.push(Tree::new(format!("{}: {}", rule.name, scenario.title), session, files));
        }
    }
    trees.into_iter().step_by(every).collect()
}

/// One of `every` files of the corpus in a server's language, with what has to stand around it.
pub(crate) fn corpus(server: Server, every: usize) -> Vec<Tree> {
    record::recorded(server).iter().step_by(every).map(|file| recorded(server, file)).collect()
}

fn recorded(server: Server, file: &Recorded) -> Tree {
    let bytes = fs::read(record::folder().join("files").join(&file.path)).expect("a file of the corpus");
    let Some(base) = file.base(server) else {
        let path = PathBuf::from("/repository").join(base::PIECE);
        let dialect = Some(server.dialect());
        let request =
            Request { paths: vec![path.clone()], dialect, rules: ALL.to_vec(), ..Request::default() };
        let disk = Disk::memory([(path.clone(), bytes.clone())]);
        return Tree::new(&file.path, Session { request, disk }, [(path, bytes)]);
    };
    let mut tree = Tree::of(&base);
    let piece = base.home().join(base::PIECE);
    let path = if base.files.contains_key(&piece) { piece } else { base.main };
    // As it is, not as UTF-8.
    tree.files.insert(path, bytes);
    tree
}
