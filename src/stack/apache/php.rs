//! PHP that Apache runs itself: as a module, or as a program that mod_fcgid starts.

use std::path::{Path, PathBuf};

use super::{Apache, Entry};
use crate::load::Workspace;
use crate::stack::Stack;
use crate::stack::nginx::ScopeId;
use crate::stack::php::{Php, PhpSetting, Sapi, effective};
use crate::version::Version;
use crate::vfs::Disk;

/// How Apache runs PHP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// mod_php.
    Module,
    /// mod_fcgid, which hands requests to programs it starts.
    Fcgid,
}

/// PHP as an Apache runs it itself. Only those are told of whose php.ini is in sight.
#[derive(Debug)]
pub struct Runner<'a> {
    /// How it is run.
    pub sort: Sort,
    /// The `SetHandler` or `FcgidWrapper` that says so.
    pub entry: &'a Entry,
    /// The section that stands in.
    pub scope: ScopeId,
    /// What it reads.
    pub php: &'a Php,
}

impl Runner<'_> {
    /// The value of a setting of PHP for the requests of a virtual host, or PHP's own. mod_php reads `php_value` and
    /// its like in the files of Apache as well.
    pub fn setting(
        &self,
        files: &Workspace,
        apache: &Apache,
        vhost: ScopeId,
        key: &str,
        default: &str,
    ) -> PhpSetting {
        let of_ini = effective(Some(self.php), None, key, default);
        if self.sort == Sort::Fcgid {
            return of_ini;
        }
        let of = |name: &'static str| {
            let here = move |(scope, _): &(ScopeId, &Entry)| {
                let host = apache.vhost_of(*scope);
                host == vhost || host == ScopeId(0)
            };
            apache.everywhere(name).filter(here).filter(|(_, entry)| entry.value(0) == Some(key)).last()
        };
        let found = of("php_admin_value").or_else(|| of("php_value"));
        let value = found.and_then(|(_, entry)| Some((entry, entry.args.get(1)?)));
        value.map_or(of_ini, |(entry, arg)| PhpSetting {
            value: arg.value.clone(),
            span: Some(entry.span(files)),
            value_span: arg.plain,
            shadowed: Vec::new(),
        })
    }
}

impl Stack {
    /// PHP as `apache` runs it itself.
    pub fn runners<'a>(&'a self, files: &Workspace, disk: &Disk, apache: &'a Apache) -> Vec<Runner<'a>> {
        let mut runners = Vec::new();
        for scope in apache.section_ids() {
            for entry in &apache.section(scope).entries {
                let found = match entry.name.as_str() {
                    "sethandler" | "addhandler" | "addtype" if is_of_module(entry) => {
                        self.of_module(apache).map(|php| (Sort::Module, php))
                    }
                    "fcgidwrapper" | "fcgiwrapper" if is_for_php(entry) && has_handler(apache, scope) => {
                        self.of_program(files, disk, apache, scope, entry).map(|php| (Sort::Fcgid, php))
                    }
                    _ => None,
                };
                runners.extend(found.map(|(sort, php)| Runner { sort, entry, scope, php }));
            }
        }
        runners
    }

    /// What mod_php reads, where it is loaded.
    fn of_module(&self, apache: &Apache) -> Option<&Php> {
        let loads =
            |(_, entry): &(ScopeId, &Entry)| entry.value(0).is_some_and(|name| name.starts_with("php"));
        let (_, module) = apache.everywhere("loadmodule").find(loads)?;
        let version = module.value(1).and_then(version_in);
        let elsewhere = apache.everywhere("phpinidir").next().is_some();
        if elsewhere { None } else { self.only(&[Sapi::Apache, Sapi::Any], version) }
    }

    /// What the program of a `FcgidWrapper` reads.
    fn of_program(
        &self,
        files: &Workspace,
        disk: &Disk,
        apache: &Apache,
        scope: ScopeId,
        entry: &Entry,
    ) -> Option<&Php> {
        let program = entry.value(0).filter(|_| !entry.args[0].is_unresolved())?;
        let mut words = program.split_whitespace();
        let path = words.next()?;
        // `-c` and `-d` say what is in force, and not php.ini.
        if words.next().is_some() {
            return None;
        }
        let vhost = apache.vhost_of(scope);
        let told = apache.around(vhost).find_map(|id| {
            let mut here = apache.here(id, "fcgidinitialenv").rev();
            here.find(|entry| entry.value(0) == Some("PHPRC")).and_then(|entry| entry.value(1))
        });
        let Script::Runs { rc, version } = Script::at(files, disk, path) else { return None };
        match rc.as_deref().or(told) {
            Some(dir) => self.php.iter().find(|php| {
                let file = files.on_machine(&files.file(php.file).path);
                let dir = files.on_machine(Path::new(dir));
                file == dir.join("php.ini") || file == dir
            }),
            None => self.only(&[Sapi::Cgi, Sapi::Any], version),
        }
    }

    /// The php.ini of a kind of program, the first kind before the second, where there is only one.
    fn only(&self, kinds: &[Sapi], version: Option<Version>) -> Option<&Php> {
        let fits =
            |php: &&Php| php.whole && (version.is_none() || php.version.is_none() || php.version == version);
        kinds.iter().find_map(|kind| {
            let mut of_kind = self.php.iter().filter(fits).filter(|php| php.sapi == *kind);
            let first = of_kind.next();
            if of_kind.next().is_none() { first } else { None }
        })
    }
}

/// What a script around PHP does before it.
enum Script {
    /// It runs PHP, perhaps with the php.ini of another directory.
    Runs { rc: Option<String>, version: Option<Version> },
    /// What PHP reads cannot be told.
    Unclear,
}

impl Script {
    /// The script at a path, or PHP itself.
    fn at(files: &Workspace, disk: &Disk, path: &str) -> Self {
        let bytes = disk.read(&below_root(files, path)).ok().filter(|bytes| bytes.starts_with(b"#!"));
        match bytes {
            Some(bytes) => Self::read(&String::from_utf8_lossy(&bytes)),
            None if is_php(path) => Self::Runs { rc: None, version: version_in(path) },
            None => Self::Unclear,
        }
    }

    fn read(text: &str) -> Self {
        let lines = || text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
        let rc = lines().filter_map(|line| line.split_once("PHPRC=")).map(|(_, value)| {
            let value = value.split([' ', ';']).next().unwrap_or(value);
            value.trim_matches(['"', '\'']).to_owned()
        });
        let rc = rc.reduce(|_, later| later);
        let mut runs = lines().flat_map(str::split_whitespace).filter(|word| is_php(word));
        let options = lines().any(|line| [" -c", " -d", " -n"].iter().any(|option| line.contains(option)));
        match runs.next() {
            Some(_) if options || rc.as_ref().is_some_and(|dir| dir.contains('$')) => Self::Unclear,
            Some(program) => Self::Runs { rc, version: version_in(program) },
            None => Self::Unclear,
        }
    }
}

/// Whether a path is that of PHP as a program for web servers: `php-cgi`, `php8.2-cgi`, `php-cgi8.2`.
fn is_php(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let digits = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-');
    let rest = name.strip_prefix("php").map(|rest| rest.trim_matches(digits));
    rest == Some("cgi")
}

/// The version a file of PHP has in its name: `php-cgi8.2`, `php74-cgi`, `libphp8.2.so`.
fn version_in(path: &str) -> Option<Version> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let digits: String = name.chars().filter(char::is_ascii_digit).collect();
    match digits.as_bytes() {
        [major, minor] => Some(Version::new(u16::from(major - b'0'), u16::from(minor - b'0'), 0)),
        _ => None,
    }
}

/// Whether files are handed to mod_php.
fn is_of_module(entry: &Entry) -> bool {
    let to = entry.value(0).unwrap_or_default().to_ascii_lowercase();
    to.starts_with("application/x-httpd-php") && !to.ends_with("source")
}

/// Whether a `FcgidWrapper` is for all files or for those that end in `.php`.
fn is_for_php(entry: &Entry) -> bool {
    match entry.value(1) {
        None => true,
        Some(word) => word.eq_ignore_ascii_case(".php") || word.eq_ignore_ascii_case("virtual"),
    }
}

/// Whether a virtual host hands anything to mod_fcgid.
fn has_handler(apache: &Apache, scope: ScopeId) -> bool {
    let host = apache.vhost_of(scope);
    ["sethandler", "addhandler"].iter().any(|name| {
        apache.everywhere(name).any(|(other, entry)| {
            let there = apache.vhost_of(other);
            entry.value(0) == Some("fcgid-script")
                && (there == host || there == ScopeId(0) || host == ScopeId(0))
        })
    })
}

/// The path of a file of the machine in the tree that describes it.
fn below_root(files: &Workspace, path: &str) -> PathBuf {
    let path = Path::new(path);
    if path.starts_with(&files.root) {
        return path.to_path_buf();
    }
    files.root.join(path.strip_prefix("/").unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_of_php_are_known_by_their_names() {
        for path in ["/usr/bin/php-cgi", "/usr/bin/php-cgi8.2", "/usr/bin/php8.2-cgi", "/usr/bin/php74-cgi"] {
            assert!(is_php(path), "{path}");
        }
        for path in ["/usr/bin/php", "/var/www/php-fcgi-scripts/web1/.php-fcgi-starter", "/usr/bin/perl"] {
            assert!(!is_php(path), "{path}");
        }
        assert_eq!(version_in("/usr/bin/php-cgi8.2"), Some(Version::new(8, 2, 0)));
        assert_eq!(version_in("/opt/php74/bin/php-cgi"), None);
    }

    #[test]
    fn scripts_around_php_are_read() {
        let text = "#!/bin/sh\nPHPRC=/etc/php/7.4/cgi/\nexport PHPRC\nexec /usr/bin/php7.4-cgi\n";
        let Script::Runs { rc, version } = Script::read(text) else { panic!("runs PHP") };
        assert_eq!((rc.as_deref(), version), (Some("/etc/php/7.4/cgi/"), Some(Version::new(7, 4, 0))));
        assert!(matches!(Script::read("#!/bin/sh\nexec php-cgi -d post_max_size=1M\n"), Script::Unclear));
        assert!(matches!(Script::read("#!/bin/sh\nexec ./app\n"), Script::Unclear));
    }
}
