//! Where the packages of the distributions put the main file of each server.

use std::path::{Path, PathBuf};

use crate::include::glob;
use crate::tree::Dialect;
use crate::version::Version;
use crate::vfs::{Disk, Kind};

/// The main file of one server.
#[derive(Debug, Clone)]
pub(crate) struct Main {
    /// The file.
    pub(crate) file: PathBuf,
    /// Its language; [`Dialect::Php`] for a php.ini.
    pub(crate) dialect: Dialect,
    /// The directory its files lie in.
    pub(crate) home: PathBuf,
    /// The version its path names.
    pub(crate) version: Option<Version>,
}

impl Main {
    /// The main file of an nginx that a repository keeps outside of any `etc`. What it does not include
    /// is linted all the same: the paths it includes are those of another machine.
    pub(crate) fn in_repository(path: &Path, disk: &Disk) -> Option<Self> {
        let is_main = path.file_name().is_some_and(|name| name == "nginx.conf")
            && disk.read(path).is_ok_and(|bytes| is_whole_nginx(&bytes));
        let home = path.parent()?.to_path_buf();
        is_main.then(|| Self { file: path.to_path_buf(), dialect: Dialect::Nginx, home, version: None })
    }

    /// Whether `path` is a file of this server, in force only when something includes it.
    pub(crate) fn governs(&self, path: &Path, dialect: Dialect) -> bool {
        self.dialect == dialect && path.starts_with(&self.home)
    }
}

/// Path below the root, language, and how many directories up from the file its home is.
const PLACES: &[(&str, Dialect, usize)] = &[
    ("etc/nginx/nginx.conf", Dialect::Nginx, 1),
    ("etc/openresty/nginx.conf", Dialect::Nginx, 1),
    ("etc/apache2/apache2.conf", Dialect::Apache, 1),
    ("etc/apache2/httpd.conf", Dialect::Apache, 1),
    ("etc/httpd/conf/httpd.conf", Dialect::Apache, 2),
    ("etc/php/*/fpm/php-fpm.conf", Dialect::Fpm, 1),
    ("etc/php*/php-fpm.conf", Dialect::Fpm, 1),
    ("etc/php-fpm.conf", Dialect::Fpm, 0),
    ("etc/opt/remi/php*/php-fpm.conf", Dialect::Fpm, 1),
    ("usr/local/etc/php-fpm.conf", Dialect::Fpm, 0),
    ("etc/php/*/fpm/php.ini", Dialect::Php, 1),
    ("etc/php/*/apache2/php.ini", Dialect::Php, 1),
    ("etc/php/*/cgi/php.ini", Dialect::Php, 1),
    ("etc/php/*/cli/php.ini", Dialect::Php, 1),
    ("etc/php*/php.ini", Dialect::Php, 1),
    ("etc/php.ini", Dialect::Php, 0),
    ("etc/opt/remi/php*/php.ini", Dialect::Php, 1),
    ("usr/local/etc/php/php.ini", Dialect::Php, 1),
];

/// The main files that are there below `root`.
pub(crate) fn mains(root: &Path, disk: &Disk) -> Vec<Main> {
    let mut found: Vec<Main> = Vec::new();
    for &(place, dialect, up) in PLACES {
        for file in glob::expand(disk, &root.join(place)) {
            if disk.kind(&file) != Some(Kind::File) {
                continue;
            }
            let home = home(&file, up);
            let version = version_in(&file);
            found.push(Main { file, dialect, home, version });
        }
    }
    found
}

/// A whole nginx.conf has its `events`; sites that are named so have none.
fn is_whole_nginx(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.lines().any(|line| line.trim_start().starts_with("events"))
}

/// RHEL keeps pools and extensions beside the main file: there the file has no home of its own but
/// `php-fpm.d` and `php.d`.
fn home(file: &Path, up: usize) -> PathBuf {
    if up == 0 {
        let beside = if file.ends_with("php.ini") { "php.d" } else { "php-fpm.d" };
        return file.with_file_name(beside);
    }
    file.ancestors().nth(up).unwrap_or(file).to_path_buf()
}

/// The PHP version a path names: `etc/php/8.2/…`, `etc/php82/…`, `remi/php82/…`.
fn version_in(path: &Path) -> Option<Version> {
    let mut parts = path.components().filter_map(|part| part.as_os_str().to_str());
    while let Some(part) = parts.next() {
        if part == "php" {
            return parts.next()?.parse().ok();
        }
        if let Some(digits) = part.strip_prefix("php")
            && digits.len() >= 2
            && digits.bytes().all(|byte| byte.is_ascii_digit())
        {
            let (major, minor) = digits.split_at(1);
            return Some(Version::new(major.parse().ok()?, minor.parse().ok()?, 0));
        }
    }
    None
}

/// Whether a path below `etc` is that of one of the servers: the `*.conf` of all the others there
/// are none of ours, whatever they look like.
pub(crate) fn is_of_a_server(below_etc: &Path) -> bool {
    let mut parts = below_etc.components().filter_map(|part| part.as_os_str().to_str());
    parts.any(|part| {
        matches!(part, "nginx" | "openresty" | "angie" | "apache2" | "httpd") || part.starts_with("php")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn etc_holds_more_than_our_servers() {
        let ours = ["nginx/sites-enabled/shop", "php-fpm.d/www.conf", "opt/remi/php82/php.ini", "php.ini"];
        assert!(ours.iter().all(|path| is_of_a_server(Path::new(path))));
        let others = ["systemd/networkd.conf", "fonts/conf.d/45-latin.conf", "supervisor/conf.d/worker.ini"];
        assert!(!others.iter().any(|path| is_of_a_server(Path::new(path))));
    }

    #[test]
    fn paths_tell_the_php_version() {
        assert_eq!(version_in(Path::new("/etc/php/8.2/fpm/php.ini")), Some(Version::new(8, 2, 0)));
        assert_eq!(version_in(Path::new("/etc/php83/php.ini")), Some(Version::new(8, 3, 0)));
        assert_eq!(version_in(Path::new("/etc/php.ini")), None);
        assert_eq!(version_in(Path::new("/usr/local/etc/php/php.ini")), None);
    }
}
