//! `--verify`: the server's own test has the last word.
//!
//! The only part that starts programs, and only when that is asked for.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::load::{File, Workspace};
use crate::session::Outcome;
use crate::tree::Dialect;

/// A server that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Server {
    /// `nginx -t`.
    Nginx,
    /// `apache2ctl -t`.
    Apache,
    /// `php-fpm -t`.
    Fpm,
}

impl Server {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Nginx, Self::Apache, Self::Fpm];

    /// What it is called in gwlint.toml.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache",
            Self::Fpm => "fpm",
        }
    }

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "Apache",
            Self::Fpm => "PHP-FPM",
        }
    }

    /// Whether a file of a language is read by it.
    fn reads(self, file: &File) -> bool {
        match file.dialect {
            Dialect::Nginx => self == Self::Nginx,
            Dialect::Apache => self == Self::Apache,
            Dialect::Fpm => self == Self::Fpm,
            Dialect::Php => self == if is_of_apache(&file.path) { Self::Apache } else { Self::Fpm },
            Dialect::Service => false,
        }
    }
}

/// Whether a php.ini is that of mod_php, as Debian lays it out.
fn is_of_apache(path: &Path) -> bool {
    path.iter().any(|part| part == "apache2")
}

/// The commands that gwlint.toml names, by server: a program and its arguments.
pub type Commands = Vec<(Server, Vec<String>)>;

/// A test of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// Who is asked.
    pub server: Server,
    /// The program, and its arguments.
    pub command: Vec<String>,
}

/// What a server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether it takes the files.
    pub accepted: bool,
    /// What it wrote.
    pub said: String,
}

/// Why nobody could be asked.
#[derive(Debug)]
pub enum Unverified {
    /// The tree is not that of this machine, and no command is named.
    Elsewhere(Server),
    /// No main file of the server is in sight.
    NoMain(Server),
    /// The command could not be started.
    Start(Test, io::Error),
}

impl fmt::Display for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let say = |f: &mut fmt::Formatter<'_>, server: &Server| {
            write!(
                f,
                "; nothing was written. Name the command in gwlint.toml: [verify] {} = [\"…\"]",
                server.key()
            )
        };
        match self {
            Self::Elsewhere(server) => {
                write!(
                    f,
                    "these files are below a root of their own, and the {} of this machine does not read them",
                    server.name()
                )?;
                say(f, server)
            }
            Self::NoMain(server) => {
                write!(f, "no main file of {} is in sight to test with", server.name())?;
                say(f, server)
            }
            Self::Start(test, error) => {
                write!(f, "`{}` could not be started: {error}", test.command.join(" "))?;
                say(f, &test.server)
            }
        }
    }
}

/// The tests that the change of `changed` asks for.
///
/// # Errors
/// A server that reads one of them cannot be asked.
pub fn tests(outcome: &Outcome, changed: &[PathBuf], commands: &Commands) -> Result<Vec<Test>, Unverified> {
    let files = &outcome.workspace;
    let mut tests = Vec::new();
    for server in Server::ALL {
        let is_changed = |file: &&File| changed.contains(&file.real);
        if !files.files.iter().filter(is_changed).any(|file| server.reads(file)) {
            continue;
        }
        if let Some((_, command)) = commands.iter().find(|(of, _)| *of == server) {
            let root = files.root.to_string_lossy();
            let command = command.iter().map(|word| word.replace("{root}", &root)).collect();
            tests.push(Test { server, command });
            continue;
        }
        if files.rooted && files.root != Path::new("/") {
            return Err(Unverified::Elsewhere(server));
        }
        let own = own_tests(outcome, files, server);
        if own.is_empty() {
            return Err(Unverified::NoMain(server));
        }
        tests.extend(own);
    }
    Ok(tests)
}

/// The test of each server of a kind whose main file is in sight.
fn own_tests(outcome: &Outcome, files: &Workspace, server: Server) -> Vec<Test> {
    let stack = &outcome.stack;
    let path = |id| files.file(id).real.to_string_lossy().into_owned();
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let commands: Vec<Vec<String>> = match server {
        Server::Nginx => {
            let whole = stack.nginx.iter().filter(|nginx| nginx.whole);
            whole.map(|nginx| words(&["nginx", "-t", "-q", "-c", &path(nginx.file)])).collect()
        }
        Server::Apache => {
            let whole = stack.apache.iter().filter(|apache| apache.whole && apache.governor.is_none());
            whole.map(|apache| words(&["apachectl", "-t", "-f", &path(apache.file)])).collect()
        }
        Server::Fpm => {
            let whole = stack.fpm.iter().filter(|fpm| fpm.whole);
            whole
                .map(|fpm| {
                    let version = fpm.version.map(|version| version.to_string()).unwrap_or_default();
                    words(&[&format!("php-fpm{version}"), "-t", "-y", &path(fpm.file)])
                })
                .collect()
        }
    };
    commands.into_iter().map(|command| Test { server, command }).collect()
}

impl Test {
    /// Asks the server.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn ask(&self) -> Result<Answer, Unverified> {
        let failed = |error| Unverified::Start(self.clone(), error);
        let (program, arguments) =
            self.command.split_first().ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
        let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().map_err(failed)?;
        let said = [output.stdout, output.stderr].concat();
        Ok(Answer {
            accepted: output.status.success(),
            said: String::from_utf8_lossy(&said).trim().to_owned(),
        })
    }
}
