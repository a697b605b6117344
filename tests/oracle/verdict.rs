//! What a server said, and whether that is about the text at all.

use std::path::{Path, PathBuf};

use crate::server::Server;

/// The answer of a server.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    pub(crate) accepts: bool,
    /// The refusal is about the machine: a file, a key, a user, a name, a module that is not there.
    pub(crate) about_machine: bool,
    /// Where the server saw it.
    pub(crate) place: Option<(PathBuf, usize)>,
    /// The line that says why.
    pub(crate) message: String,
}

/// What a server says when it is the machine that does not fit.
const MACHINE: [&str; 35] = [
    "No such file or directory",
    "No such device or address",
    "Permission denied",
    "Not a directory",
    "Is a directory",
    "is not a directory",
    "must be a valid directory",
    "File exists",
    "File name too long",
    "Cannot assign requested address",
    "Address already in use",
    "Name or service not known",
    "Temporary failure in name resolution",
    "host not found",
    "could not be resolved",
    "cannot load certificate",
    "BIO_new_file",
    "PEM_read",
    "getpwnam(",
    "getgrnam(",
    "dlopen(",
    "bad user name",
    "bad group name",
    "Could not open",
    "Could not resolve",
    "does not exist",
    "is empty",
    "Cannot load",
    "cannot get uid",
    "cannot get gid",
    "Unable to globalize",
    "Unable to load dynamic library",
    "Unable to include",
    "failed to open",
    "Failed loading",
];

impl Verdict {
    /// Reads what `server` has printed.
    pub(crate) fn read(server: Server, success: bool, said: &str) -> Self {
        let message = match server {
            Server::Nginx => first(said, &["[emerg]", "[crit]", "[alert]"]).map(without_process),
            Server::Apache => apache(said),
            Server::Fpm => first(said, &["ERROR: ", "syntax error", "ALERT: "]),
            Server::Php => first(said, &["syntax error", "Warning: ", "Fatal error: "]),
        };
        let message = message.unwrap_or_default();
        // PHP goes on whatever its php.ini says: it refuses what it complains of.
        let accepts = if server == Server::Php { message.is_empty() } else { success };
        let about_machine = !accepts && MACHINE.iter().any(|part| message.contains(part));
        let place = place(server, &message);
        Self { accepts, about_machine, place, message }
    }
}

/// The first line with one of the marks, in the order of the marks.
fn first(said: &str, marks: &[&str]) -> Option<String> {
    let line = marks.iter().find_map(|mark| said.lines().find(|line| line.contains(mark)))?;
    // What comes before it is the time and the process.
    let at = marks.iter().filter_map(|mark| line.find(mark)).min().unwrap_or_default();
    Some(line[at..].to_owned())
}

/// `[emerg] 123#123: text` without the numbers, which are others in each run.
fn without_process(line: String) -> String {
    let parts = line.split_once("] ").and_then(|(level, rest)| Some((level, rest.split_once(": ")?)));
    match parts {
        Some((level, (process, text))) if process.contains('#') => format!("{level}] {text}"),
        _ => line,
    }
}

/// All of it in one line, without the name nobody gave the server.
fn apache(said: &str) -> Option<String> {
    let lines = said.lines().filter(|line| !line.starts_with("AH00558") && *line != "Syntax OK");
    let lines: Vec<&str> = lines.filter(|line| !line.contains("AH00112: Warning")).collect();
    (!lines.is_empty()).then(|| lines.join(" "))
}

fn place(server: Server, message: &str) -> Option<(PathBuf, usize)> {
    let found = match server {
        // `… in /etc/nginx/nginx.conf:12`
        Server::Nginx => message.rsplit_once(" in ")?.1.rsplit_once(':')?,
        // `Syntax error on line 4 of A: Syntax error on line 7 of B: …`
        Server::Apache => {
            let (line, rest) = message.rsplit_once(" on line ")?.1.split_once(" of ")?;
            (rest.split(": ").next()?.split(":  ").next()?.trim_end_matches(':'), line)
        }
        Server::Fpm if message.contains("ERROR: [/") => {
            message.split_once('[')?.1.split_once(']')?.0.rsplit_once(':')?
        }
        // `… in /etc/php/8.2/cli/php.ini on line 3`, `… from A at line 4.`
        Server::Fpm | Server::Php => {
            let (before, line) = message.rsplit_once(" line ")?;
            let (_, path) = before.rsplit_once(" in ").or_else(|| before.rsplit_once(" from "))?;
            (path.trim_end_matches(" on").trim_end_matches(" at"), line.trim_end_matches('.'))
        }
    };
    let line = found.1.trim().parse().ok().filter(|&line| line > 0)?;
    Some((Path::new(found.0).to_path_buf(), line))
}
