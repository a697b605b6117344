//! What an Apache configuration can ask about while it is read: variables, modules, the version.

use std::collections::HashMap;
use std::path::Path;

use crate::load::Loader;
use crate::vfs::Disk;

/// Modules that are part of the program in every package, so that no `LoadModule` names them.
const BUILT_IN: &[&str] = &[
    "core_module",
    "core.c",
    "so_module",
    "mod_so.c",
    "http_module",
    "http_core.c",
    "mod_log_config.c",
    "log_config_module",
    "mod_version.c",
    "version_module",
    "mod_unixd.c",
    "unixd_module",
    "mod_watchdog.c",
    "watchdog_module",
    "mod_logio.c",
    "logio_module",
];

/// The version conditions are judged for when none is given; every 2.4 answers the usual ones alike.
const ASSUMED_VERSION: [u32; 3] = [2, 4, 57];

/// httpd takes lines of 16 MB; no value of a variable needs so much.
const LONGEST_VALUE: usize = 1 << 16;

/// Variables and modules at one point of the configuration.
#[derive(Debug, Default)]
pub(crate) struct Env {
    variables: HashMap<String, String>,
    modules: Vec<String>,
}

impl Env {
    /// What Debian's `envvars` beside the main file sets.
    pub(super) fn of_main(disk: &Disk, dir: &Path) -> Self {
        let mut env = Self::default();
        if let Ok(bytes) = disk.read(&dir.join("envvars")) {
            for line in String::from_utf8_lossy(&bytes).lines() {
                env.export(line);
            }
        }
        env
    }

    /// One line of a shell script: `export NAME=value` or `NAME=value`.
    fn export(&mut self, line: &str) {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
        let Some((name, value)) = line.split_once('=') else { return };
        let is_name =
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_name {
            return;
        }
        let value = value.split(" #").next().unwrap_or(value).trim().trim_matches(['"', '\'']);
        let value = self.shell(value);
        self.variables.insert(name.to_owned(), value);
    }

    /// `$NAME` and `${NAME}`; what is not set is empty, as Debian's `$SUFFIX` is.
    fn shell(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let braced = rest.strip_prefix('{');
            let body = braced.unwrap_or(rest);
            let end = body.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(body.len());
            out.push_str(self.variables.get(&body[..end]).map_or("", String::as_str));
            rest = &body[end..];
            if braced.is_some() {
                rest = rest.find('}').map_or("", |close| &rest[close + 1..]);
            }
        }
        out + rest
    }

    /// A value longer than a line may be has no use, but doubled often enough fills the memory.
    pub(super) fn define(&mut self, name: &str, value: &str) {
        if value.len() > LONGEST_VALUE {
            self.variables.remove(name);
            return;
        }
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    pub(super) fn undefine(&mut self, name: &str) {
        self.variables.remove(name);
    }

    /// The names of all variables, sorted.
    pub(super) fn variables(self) -> Vec<String> {
        let mut names: Vec<String> = self.variables.into_keys().collect();
        names.sort_unstable();
        names
    }

    /// A module is known by its identifier and by its source file.
    pub(super) fn load_module(&mut self, identifier: &str, file: &str) {
        self.modules.push(identifier.to_owned());
        let stem = Path::new(file).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let source = match stem.strip_prefix("mod_mpm_") {
            Some(mpm) => format!("{mpm}.c"),
            None if stem.starts_with("libphp") => php_source(identifier),
            None => format!("{stem}.c"),
        };
        self.modules.push(source);
    }

    /// Replaces `${NAME}`; names without a value stay and are told to `undefined`.
    pub(super) fn resolve(&self, text: &str, mut undefined: impl FnMut(&str)) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            let Some(end) = rest[at..].find('}') else { break };
            let name = &rest[at + 2..at + end];
            out.push_str(&rest[..at]);
            if let Some(value) = self.variables.get(name) {
                out.push_str(value);
            } else {
                undefined(name);
                out.push_str(&rest[at..=at + end]);
            }
            rest = &rest[at + end + 1..];
        }
        out + rest
    }

    /// Whether the condition of an `<If…>` section that is read at start holds.
    pub(super) fn holds(&self, section: &str, args: &[&str], loader: &Loader<'_>) -> bool {
        let first = args.first().copied().unwrap_or_default();
        let (negated, name) = first.strip_prefix('!').map_or((false, first), |name| (true, name));
        let holds = match section {
            "ifdefine" => self.variables.contains_key(name),
            "ifmodule" => return self.has_module(name).is_none_or(|has| has != negated),
            "iffile" => loader.disk.kind(&loader.below_root(Path::new(name))).is_some(),
            "ifversion" => return version_holds(args),
            _ => true,
        };
        holds != negated
    }

    /// `None` as long as no `LoadModule` was seen: then the modules are loaded out of sight.
    fn has_module(&self, name: &str) -> Option<bool> {
        if self.modules.is_empty() {
            return None;
        }
        Some(BUILT_IN.contains(&name) || self.modules.iter().any(|module| module == name))
    }
}

/// PHP names its Apache module `mod_php.c` since 8.0, `mod_php7.c` before.
fn php_source(identifier: &str) -> String {
    let digits = identifier.trim_start_matches("php").trim_end_matches("_module");
    format!("mod_php{digits}.c")
}

/// `<IfVersion >= 2.4>`, `<IfVersion 2.4>`, `<IfVersion !< 2.4>`; regular expressions hold.
fn version_holds(args: &[&str]) -> bool {
    let (operator, version) = match args {
        [version] => ("=", *version),
        [operator, version, ..] => (*operator, *version),
        [] => return true,
    };
    let (negated, operator) = operator.strip_prefix('!').map_or((false, operator), |rest| (true, rest));
    let mut wanted = [0; 3];
    for (slot, part) in wanted.iter_mut().zip(version.split('.')) {
        let Ok(number) = part.parse() else { return true };
        *slot = number;
    }
    let holds = match operator {
        "=" | "==" | "" => ASSUMED_VERSION == wanted,
        ">" => ASSUMED_VERSION > wanted,
        ">=" => ASSUMED_VERSION >= wanted,
        "<" => ASSUMED_VERSION < wanted,
        "<=" => ASSUMED_VERSION <= wanted,
        _ => return true,
    };
    holds != negated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn envvars_are_read_as_a_shell_would() {
        let mut env = Env::default();
        for line in
            ["SUFFIX=", "export APACHE_RUN_USER=www-data", "export APACHE_RUN_DIR=/var/run/apache2$SUFFIX"]
        {
            env.export(line);
        }
        assert_eq!(
            env.resolve("${APACHE_RUN_USER} ${APACHE_RUN_DIR}/x", |_| ()),
            "www-data /var/run/apache2/x"
        );
        let mut missing = Vec::new();
        assert_eq!(env.resolve("a ${NOPE} b", |name| missing.push(name.to_owned())), "a ${NOPE} b");
        assert_eq!(missing, ["NOPE"]);
    }

    #[test]
    fn modules_are_known_by_both_names() {
        let mut env = Env::default();
        assert_eq!(env.has_module("mod_proxy.c"), None);
        env.load_module("mpm_event_module", "/usr/lib/apache2/modules/mod_mpm_event.so");
        env.load_module("php7_module", "/usr/lib/apache2/modules/libphp7.4.so");
        assert_eq!(env.has_module("event.c"), Some(true));
        assert_eq!(env.has_module("mod_php7.c"), Some(true));
        assert_eq!(env.has_module("mod_proxy.c"), Some(false));
        assert_eq!(env.has_module("core.c"), Some(true));
    }

    #[test]
    fn versions_compare_number_by_number() {
        assert!(version_holds(&[">=", "2.4"]));
        assert!(!version_holds(&["<", "2.3"]));
        assert!(version_holds(&["!<", "2.3"]));
        assert!(!version_holds(&["2.2"]));
    }
}
