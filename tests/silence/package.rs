//! What Debian's package manager knows of a directory of `/etc`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The packages behind a directory of `/etc`.
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) directory: &'static str,
}

pub(crate) static ALL: [Package; 3] = [
    Package { name: "nginx", directory: "/etc/nginx" },
    Package { name: "apache2", directory: "/etc/apache2" },
    Package { name: "php-fpm", directory: "/etc/php" },
];

impl Package {
    /// Why the directory does not show the package as it is installed.
    pub(crate) fn obstacle(&self) -> Option<String> {
        if !Path::new(self.directory).is_dir() {
            return Some(format!("this machine lacks: {}", self.name));
        }
        match self.changed() {
            Err(error) => Some(format!("{}: {error}", self.name)),
            Ok(files) if files.is_empty() => None,
            Ok(files) => Some(format!("changed since {} was installed: {}", self.name, files.join(", "))),
        }
    }

    /// The files that are not as the packages brought them.
    fn changed(&self) -> Result<Vec<String>, String> {
        let mut files: Vec<String> = Vec::new();
        for owner in self.owners()? {
            // One line for each file that differs, with its path at the end.
            let report = run("dpkg", &["--verify", &owner])?;
            let paths = report.lines().filter_map(|line| line.split_whitespace().last());
            files.extend(paths.filter(|path| path.starts_with(self.directory)).map(str::to_owned));
        }
        files.extend(changed_ini_files(Path::new(self.directory)));
        files.sort();
        Ok(files)
    }

    /// The packages with files in the directory.
    fn owners(&self) -> Result<BTreeSet<String>, String> {
        // `a, b: /etc/x`, one line for each directory that is asked for.
        let report = run("dpkg", &["-S", self.directory])?;
        let owners = report
            .lines()
            .filter_map(|line| line.rsplit_once(": "))
            .flat_map(|(owners, _)| owners.split(", "));
        Ok(owners.map(str::to_owned).collect())
    }
}

/// A php.ini is copied at installation from a file of the package, of which `dpkg` knows nothing.
fn changed_ini_files(directory: &Path) -> Vec<String> {
    let pattern = directory.join("*/*/php.ini");
    let paths = glob::glob(&pattern.to_string_lossy()).into_iter().flatten().flatten();
    paths
        .filter(|path| template(path).is_none_or(|template| !same(path, &template)))
        .map(|path| path.display().to_string())
        .collect()
}

/// What `/etc/php/8.2/fpm/php.ini` was copied from.
fn template(ini: &Path) -> Option<PathBuf> {
    let kind = ini.parent()?;
    let version = kind.parent()?.file_name()?;
    let suffix = if kind.ends_with("cli") { ".cli" } else { "" };
    Some(Path::new("/usr/lib/php").join(version).join(format!("php.ini-production{suffix}")))
}

fn same(a: &Path, b: &Path) -> bool {
    matches!((fs::read(a), fs::read(b)), (Ok(a), Ok(b)) if a == b)
}

fn run(program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program).args(arguments).env("LC_ALL", "C").output();
    let output = output.map_err(|error| format!("{program}: {error}"))?;
    // `dpkg --verify` says by its status whether anything differs.
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
