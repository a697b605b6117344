//! Asks the real servers whether they accept a configuration.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use gwlint::tree::Dialect;
use tempfile::TempDir;

use crate::base::Base;
use crate::verdict::Verdict;

/// Where servers live, whatever `PATH` the tester has.
const SERVER_PATH: [&str; 4] = ["/usr/local/sbin", "/usr/sbin", "/usr/local/bin", "/usr/bin"];

/// Directories that stand for those of the machine, so that nothing is read or written there.
const MOVED: [&str; 5] = ["/etc/", "/var/", "/run/", "/srv/", "/opt/"];

/// What the packages make at installation.
const DIRECTORIES: [&str; 10] = [
    "run/php",
    "run/apache2",
    "run/lock/apache2",
    "run/httpd",
    "var/log/nginx",
    "var/log/apache2",
    "var/log/php",
    "var/log/php-fpm",
    "var/lib/nginx",
    "var/cache/nginx",
];

/// A server that can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Server {
    Nginx,
    Apache,
    Fpm,
    Php,
}

impl Server {
    pub(crate) const ALL: [Self; 4] = [Self::Nginx, Self::Apache, Self::Fpm, Self::Php];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache",
            Self::Fpm => "fpm",
            Self::Php => "php",
        }
    }

    pub(crate) const fn dialect(self) -> Dialect {
        match self {
            Self::Nginx => Dialect::Nginx,
            Self::Apache => Dialect::Apache,
            Self::Fpm => Dialect::Fpm,
            Self::Php => Dialect::Php,
        }
    }

    /// Where its main file lies on a Debian.
    pub(crate) fn main(self) -> PathBuf {
        PathBuf::from(match self {
            Self::Nginx => "/etc/nginx/nginx.conf",
            Self::Apache => "/etc/apache2/apache2.conf",
            Self::Fpm => "/etc/php/8.2/fpm/php-fpm.conf",
            Self::Php => "/etc/php/8.2/cli/php.ini",
        })
    }

    /// Whether a file is the main file of such a server, by its path.
    pub(crate) fn is_main(self, path: &Path) -> bool {
        let names: &[&str] = match self {
            Self::Nginx => &["etc/nginx/nginx.conf"],
            Self::Apache => &["etc/apache2/apache2.conf", "etc/httpd/conf/httpd.conf"],
            Self::Fpm => &["php-fpm.conf"],
            Self::Php => &["php.ini"],
        };
        // RHEL has an upstream of this name in /etc/nginx/conf.d.
        names.iter().any(|name| path.ends_with(name))
            && (self == Self::Nginx || !path.ends_with("conf.d/php-fpm.conf"))
    }

    fn binary(self) -> Option<PathBuf> {
        let names: &[&str] = match self {
            Self::Nginx => &["nginx"],
            Self::Apache => &["apache2"],
            Self::Fpm => &["php-fpm8.2", "php-fpm"],
            Self::Php => &["php8.2", "php"],
        };
        let candidates = names.iter().flat_map(|name| SERVER_PATH.map(|folder| Path::new(folder).join(name)));
        candidates.into_iter().find(|path| path.is_file())
    }

    /// What this machine lacks to ask it.
    pub(crate) fn missing(self) -> Vec<&'static str> {
        let package = match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache2",
            Self::Fpm => "php-fpm",
            Self::Php => "php-cli",
        };
        let mut missing: Vec<&'static str> = self.binary().is_none().then_some(package).into_iter().collect();
        if !fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0) {
            missing.push("root rights (low ports are tried)");
        }
        missing
    }

    /// What it says of a configuration.
    pub(crate) fn ask(self, base: &Base) -> Result<Verdict, String> {
        let sandbox =
            TempDir::with_prefix("gw").map_err(|error| format!("no temporary directory: {error}"))?;
        let root = sandbox.path();
        lay(root, base).map_err(|error| format!("{}: {error}", root.display()))?;
        let main = root.join(base.main.strip_prefix("/").unwrap_or(&base.main));
        let output = self.run(root, &main).map_err(|error| format!("{}: {error}", self.name()))?;
        let said = [output.stderr, output.stdout].concat();
        let said = String::from_utf8_lossy(&said).replace(&*root.to_string_lossy(), "");
        let mut verdict = Verdict::read(self, output.status.success(), &said);
        verdict.place = verdict.place.map(|(path, line)| (base.disk().canonical(&path), line));
        // An include that leads out of the tree brings in what this machine has there.
        verdict.about_machine |=
            verdict.place.as_ref().is_some_and(|(path, _)| !base.files.contains_key(path));
        Ok(verdict)
    }

    fn run(self, root: &Path, main: &Path) -> std::io::Result<Output> {
        let binary = self.binary().unwrap_or_default();
        // A name that is nowhere is found to be nowhere soon, and nothing hangs.
        let mut command = Command::new("timeout");
        command.arg("20").arg(binary).current_dir(root).env_clear().stdin(Stdio::null());
        command
            .env("PATH", SERVER_PATH.join(":"))
            .env("LC_ALL", "C")
            .env("RES_OPTIONS", "timeout:1 attempts:1");
        match self {
            Self::Nginx => {
                command.arg("-t").arg("-e").arg("stderr").arg("-p").arg(root.join("usr/share/nginx"));
                command.arg("-c").arg(main);
            }
            Self::Apache => {
                command.arg("-t").arg("-f").arg(main).arg("-C").arg("ServerName localhost");
                command.arg("-d").arg(root.join("etc/apache2"));
                for (name, value) in ENVVARS {
                    let value =
                        value.strip_prefix('/').map_or_else(|| value.into(), |value| root.join(value));
                    command.env(name, value);
                }
            }
            Self::Fpm => {
                // Logs are opened, and relative ones lie below the prefix.
                command.arg("-t").arg("-n").arg("-p").arg(root.join("var")).arg("-y").arg(main);
            }
            Self::Php => {
                command.arg("-c").arg(main);
                for setting in
                    ["display_errors=1", "display_startup_errors=1", "log_errors=0", "html_errors=0"]
                {
                    command.arg("-d").arg(setting);
                }
                command.arg("-r").arg("");
            }
        }
        command.output()
    }
}

/// What Debian's /etc/apache2/envvars sets.
const ENVVARS: [(&str, &str); 6] = [
    ("APACHE_RUN_USER", "www-data"),
    ("APACHE_RUN_GROUP", "www-data"),
    ("APACHE_PID_FILE", "/run/apache2/apache2.pid"),
    ("APACHE_RUN_DIR", "/run/apache2"),
    ("APACHE_LOCK_DIR", "/run/lock/apache2"),
    ("APACHE_LOG_DIR", "/var/log/apache2"),
];

/// Puts the files where they lie on the machine, below `root`, and makes their paths lead there.
fn lay(root: &Path, base: &Base) -> std::io::Result<()> {
    let below = |path: &Path| root.join(path.strip_prefix("/").unwrap_or(path));
    for directory in DIRECTORIES {
        fs::create_dir_all(root.join(directory))?;
    }
    fs::create_dir_all(root.join("usr/share/nginx"))?;
    symlink("/usr/share/nginx/modules", root.join("usr/share/nginx/modules"))?;
    for (path, text) in &base.files {
        let path = below(path);
        fs::create_dir_all(path.parent().unwrap_or(root))?;
        fs::write(path, moved(text, root))?;
        lay_keys(root, &base.home(), text)?;
    }
    for (path, target) in &base.links {
        let path = below(path);
        fs::create_dir_all(path.parent().unwrap_or(root))?;
        // An absolute one leads to what was laid here, if it was.
        let here = below(target);
        let target = if target.is_absolute() && here.exists() { &here } else { target };
        symlink(target, path)?;
    }
    Ok(())
}

/// Puts a key and its certificate wherever the text names one.
fn lay_keys(root: &Path, home: &Path, text: &str) -> std::io::Result<()> {
    let words = text.split(|char: char| char.is_whitespace() || "\"';".contains(char));
    for word in words.filter(|word| [".pem", ".crt", ".key"].iter().any(|end| word.ends_with(end))) {
        let path = home.join(word);
        let is_moved = MOVED.iter().any(|moved| path.starts_with(moved)) && !word.contains("..");
        let path = root.join(path.strip_prefix("/").unwrap_or(&path));
        if is_moved && !path.exists() {
            fs::create_dir_all(path.parent().unwrap_or(root))?;
            fs::write(path, key())?;
        }
    }
    Ok(())
}

/// A key and a certificate for it, made once in each run.
fn key() -> &'static [u8] {
    static KEY: OnceLock<Vec<u8>> = OnceLock::new();
    KEY.get_or_init(|| {
        let arguments = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=example.test \
                         -days 2 -keyout - -out -";
        let output = Command::new("openssl").args(arguments.split_whitespace()).output();
        output.map(|output| output.stdout).unwrap_or_default()
    })
}

/// The text with the paths of the machine led below `root`. No line comes or goes.
fn moved(text: &str, root: &Path) -> String {
    let root = root.to_string_lossy();
    let mut out = String::with_capacity(text.len() + 1000);
    for (at, char) in text.char_indices() {
        if char == '/' && MOVED.iter().any(|path| text[at..].starts_with(path)) && begins_path(&text[..at]) {
            out.push_str(&root);
        }
        out.push(char);
    }
    out
}

fn begins_path(before: &str) -> bool {
    before.ends_with(|last: char| last.is_whitespace() || "\"'=:|[{".contains(last))
        && !before.ends_with("*:")
}
