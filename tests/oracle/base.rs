//! Configurations to ask about: trees of files as they would lie on a machine.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gwlint::vfs::Disk;
use walkdir::WalkDir;

use crate::linter;
use crate::server::Server;

/// The name of a file that was tested as a piece of something.
pub(crate) const PIECE: &str = "piece.conf";

/// A configuration of one server.
#[derive(Debug, Clone)]
pub(crate) struct Base {
    /// What it is called in reports.
    pub(crate) name: String,
    pub(crate) server: Server,
    /// Its files by their absolute path on the machine.
    pub(crate) files: BTreeMap<PathBuf, String>,
    /// Symbolic links, as they are written.
    pub(crate) links: Vec<(PathBuf, PathBuf)>,
    /// The file the server begins with.
    pub(crate) main: PathBuf,
}

impl Base {
    /// A single file.
    pub(crate) fn single(server: Server, name: &str, text: String) -> Self {
        let main = server.main();
        Self {
            name: name.to_owned(),
            server,
            files: BTreeMap::from([(main.clone(), text)]),
            links: Vec::new(),
            main,
        }
    }

    /// This base with one more file, or with another text in one.
    pub(crate) fn with(mut self, path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        self.files.insert(path.into(), text.into());
        self
    }

    /// What lies in `root` below the directory of the server.
    pub(crate) fn read(server: Server, name: &str, root: &Path, main: &Path) -> Option<Self> {
        let inside = |path: &Path| path.strip_prefix("/").map(|path| root.join(path)).ok();
        if !inside(main)?.is_file() {
            return None;
        }
        let mut base = Self::single(server, name, String::new());
        base.files.clear();
        main.clone_into(&mut base.main);
        for entry in WalkDir::new(inside(&base.home())?).sort_by_file_name() {
            let entry = entry.ok()?;
            let path = Path::new("/").join(entry.path().strip_prefix(root).ok()?);
            if entry.file_type().is_symlink() {
                base.links.push((path, fs::read_link(entry.path()).ok()?));
            } else if let Ok(text) = fs::read_to_string(entry.path()) {
                base.files.insert(path, adapted(server, &text));
            }
        }
        Some(base)
    }

    /// The directory of the server: /etc/nginx, /etc/php/8.2/fpm, and /etc/httpd, not its conf.
    pub(crate) fn home(&self) -> PathBuf {
        let home = self.main.parent().unwrap_or(&self.main);
        home.parent().filter(|_| home.ends_with("conf")).unwrap_or(home).to_path_buf()
    }

    /// The files as gwlint reads them.
    pub(crate) fn disk(&self) -> Disk {
        let files = self.files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes()));
        Disk::memory(files).with_links(self.links.iter().cloned())
    }

    /// The files the server reads and that are worth a change.
    pub(crate) fn changeable(&self) -> Vec<PathBuf> {
        let dull = ["mime.types", "koi-win", "koi-utf", "win-utf", "magic", "envvars", "all.load"];
        let is_worth = |path: &PathBuf| {
            path.extension().is_none_or(|extension| extension != "load")
                && path.file_name().is_some_and(|name| !dull.iter().any(|dull| name == *dull))
        };
        let mut paths: Vec<PathBuf> =
            linter::reached(self).into_iter().filter(|path| self.files.contains_key(path)).collect();
        paths.retain(is_worth);
        // What was only put around a piece is the test's, and no configuration of anybody.
        if paths.iter().any(|path| path.ends_with(PIECE)) {
            paths.retain(|path| path.ends_with(PIECE));
        }
        paths.sort();
        paths.dedup();
        paths
    }
}

/// The text with users that every Debian has. No line comes or goes.
fn adapted(server: Server, text: &str) -> String {
    let user = |line: &str| match server {
        Server::Nginx if line.starts_with("user ") => "user www-data;".to_owned(),
        Server::Fpm => match line.split_once('=') {
            Some((name, _)) if matches!(name.trim(), "user" | "group" | "listen.owner" | "listen.group") => {
                format!("{name}= www-data")
            }
            _ => line.to_owned(),
        },
        _ => line.to_owned(),
    };
    text.split('\n').map(user).collect::<Vec<_>>().join("\n")
}

/// The bases that are always there: this machine's packages, the fixtures, and those of this test.
pub(crate) fn all(server: Server) -> Vec<Base> {
    let mut bases = machine(server);
    bases.extend(fixtures(server));
    bases.extend(own(server));
    bases
}

/// What the packages of this machine brought.
fn machine(server: Server) -> Vec<Base> {
    let mains: &[&str] = match server {
        Server::Nginx => &["/etc/nginx/nginx.conf"],
        Server::Apache => &["/etc/apache2/apache2.conf"],
        Server::Fpm => &["/etc/php/8.2/fpm/php-fpm.conf"],
        Server::Php => &["/etc/php/8.2/cli/php.ini", "/etc/php/8.2/fpm/php.ini"],
    };
    mains
        .iter()
        .filter_map(|main| {
            Base::read(server, &format!("the machine's {main}"), Path::new("/"), Path::new(main))
        })
        .collect()
}

/// Of all fixtures what belongs to this server. The broken ones are broken in ways no server sees;
/// where one does, it is not accepted and left out.
fn fixtures(server: Server) -> Vec<Base> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut bases = Vec::new();
    for entry in WalkDir::new(&folder).sort_by_file_name().into_iter().flatten() {
        let path = entry.path();
        // The servers asked are of today: they are no judges of what an older one reads.
        let is_old = path.components().any(|part| part.as_os_str() == "7.4");
        if !entry.file_type().is_file() || is_old || !server.is_main(path) {
            continue;
        }
        let Ok(inside) = path.strip_prefix(&folder) else { continue };
        let Some(fixture) = inside.components().next() else { continue };
        let root = folder.join(fixture);
        let Ok(main) = path.strip_prefix(&root) else { continue };
        let name = inside.display().to_string();
        bases.extend(Base::read(server, &name, &root, &Path::new("/").join(main)));
    }
    bases
}

/// `tests/oracle/bases/<server>/*`: varied files, written for this test.
fn own(server: Server) -> Vec<Base> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/bases").join(server.name());
    let files = WalkDir::new(folder).min_depth(1).sort_by_file_name().into_iter().flatten();
    files
        .filter_map(|entry| {
            let name = format!("bases/{}/{}", server.name(), entry.file_name().to_string_lossy());
            let base = Base::single(server, &name, fs::read_to_string(entry.path()).ok()?);
            Some(if server == Server::Apache { with_modules(base) } else { base })
        })
        .collect()
}

/// Gives an Apache all modules of this machine, before anything else.
pub(crate) fn with_modules(base: Base) -> Base {
    let main = base.main.clone();
    let text = base.files.get(&main).cloned().unwrap_or_default();
    // On the first line, so that line numbers stay.
    let text = format!("Include /etc/apache2/all.load\n{text}");
    base.with(main, text).with("/etc/apache2/all.load", modules())
}

/// `LoadModule` lines for everything in mods-available but a second way to serve, each behind what it depends on.
fn modules() -> String {
    let unwanted = ["mpm_prefork", "mpm_worker", "suexec", "lbmethod_heartbeat", "heartmonitor", "mpm_itk"];
    let folder = Path::new("/etc/apache2/mods-available");
    let mut loaded = Vec::new();
    let mut text = String::new();
    let names = WalkDir::new(folder).sort_by_file_name().into_iter().flatten();
    let names =
        names.filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".load").map(str::to_owned));
    for name in names.filter(|name| !unwanted.contains(&name.as_str()) && !name.starts_with("php")) {
        load(folder, &name, &mut loaded, &mut text);
    }
    text
}

fn load(folder: &Path, name: &str, loaded: &mut Vec<String>, text: &mut String) {
    let Ok(lines) = fs::read_to_string(folder.join(format!("{name}.load"))) else { return };
    if loaded.iter().any(|loaded| loaded == name) {
        return;
    }
    loaded.push(name.to_owned());
    let depends = lines.lines().filter_map(|line| line.strip_prefix("# Depends: "));
    for needed in depends.flat_map(str::split_whitespace) {
        load(folder, needed, loaded, text);
    }
    for line in lines.lines().map(str::trim).filter(|line| line.starts_with("LoadModule")) {
        text.push_str(line);
        text.push('\n');
    }
}
