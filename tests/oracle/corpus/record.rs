//! The files of the corpus, and what real servers said of each.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use gwlint::vfs::Disk;
use gwlint::vocabulary;

use crate::base::{self, Base};
use crate::linter::{self, Finding};
use crate::server::Server;

/// Refusals for reasons that are not in the text, or for what the wrapping lacks.
const NOT_TEXT: [&str; 2] = ["env", "harness"];

/// What else they say that is about the machine: other modules, another kernel, files that are not there.
const MACHINE: [&str; 11] = [
    "(sandbox)\"",
    "invalid event type",
    "xmlParseDTD()",
    "More than one MPM loaded",
    "is built-in and can't be loaded",
    "not compiled to be threadsafe",
    "Can't load driver",
    "Can't locate",
    "Unknown DAV provider",
    "Unknown filter provider",
    "set_hashed_upstream",
];

/// Parameters of nginx Plus, which the servers of the record are not.
const PLUS: [&str; 5] = ["\"slow_start=", "\"least_time=", "\"status_zone=", "\"ipv4=", "\"route="];

/// A file and what the servers said of it.
#[derive(Debug, Clone)]
pub(super) struct Recorded {
    /// Its path below `files/`.
    pub(super) path: String,
    /// Of all tools together.
    pub(super) verdict: String,
    /// What it was tested as.
    pub(super) context: String,
    /// The refusals: tool, class, line, message.
    pub(super) refusals: Vec<Refusal>,
    pub(super) text: String,
}

/// What one tool said.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub(super) tool: String,
    pub(super) class: String,
    pub(super) line: usize,
    pub(super) message: String,
}

impl Refusal {
    /// Whether the reason can be seen in the text.
    fn is_about_text(&self, text: &str) -> bool {
        let line = text.lines().nth(self.line.saturating_sub(1)).unwrap_or_default();
        !NOT_TEXT.contains(&self.class.as_str())
            && !self.names_known_word()
            && !is_template(line)
            && !MACHINE.iter().any(|part| self.message.contains(part))
            && !PLUS.iter().any(|parameter| self.message.contains(parameter))
    }

    /// Whether the tool only lacks the module of a directive.
    fn names_known_word(&self) -> bool {
        let name = |before: &str, after: char| self.message.split_once(before)?.1.split(after).next();
        let nginx = name("unknown directive \"", '"').is_some_and(|name| {
            !vocabulary::nginx(name).is_empty() || vocabulary::nginx_module_with(name).is_some()
        });
        let apache =
            name("Invalid command '", '\'').map(|name| name.trim_start_matches('<').trim_end_matches('>'));
        nginx
            || apache.is_some_and(|name| {
                let known = |section| vocabulary::apache(name, section).is_some();
                known(false) || known(true) || vocabulary::third_party(name).is_some()
            })
    }
}

/// Whether a line holds a placeholder: what will stand there is not known.
fn is_template(line: &str) -> bool {
    let between = |open: &str, close: &str| {
        let inside = line.split_once(open).and_then(|(_, rest)| rest.split_once(close));
        inside.is_some_and(|(inside, _)| inside.starts_with(|first: char| first.is_ascii_alphabetic()))
    };
    line.contains("{{")
        || line.contains("<%")
        || between("<", ">")
        || between("@", "@")
        || between("${", "}")
        || between("%", "%")
        || between("__", "__")
}

/// Where the corpus is.
pub(super) fn folder() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    env::var_os("GWLINT_CORPUS").map_or_else(beside, PathBuf::from)
}

/// The files of a server's language, in the order of the table; none where the corpus is not there.
pub(super) fn recorded(server: Server) -> Vec<Recorded> {
    let dialect = if server == Server::Php { "phpini" } else { server.name() };
    let table = fs::read_to_string(folder().join("oracle.tsv")).unwrap_or_default();
    let mut files: BTreeMap<String, Recorded> = BTreeMap::new();
    for line in table.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let &[path, of, verdict, context, tool, said, class, at, message] = fields.as_slice() else {
            continue;
        };
        if of != dialect {
            continue;
        }
        let file = files.entry(path.to_owned()).or_insert_with(|| {
            let bytes = fs::read(folder().join("files").join(path)).unwrap_or_default();
            let own = str::to_owned;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Recorded {
                path: own(path),
                verdict: own(verdict),
                context: own(context),
                refusals: Vec::new(),
                text,
            }
        });
        if said == "reject" {
            let line = at.parse().unwrap_or(0);
            // Where the column does not tell the line, the message may.
            let line = if line == 0 { line_in(message, path) } else { line };
            let (tool, class) = (tool.to_owned(), class.to_owned());
            file.refusals.push(Refusal { tool, class, line, message: message.to_owned() });
        }
    }
    files.into_values().collect()
}

/// The line a message names: `…path:12]`, `…path:12`, `line 12 of …path`.
fn line_in(message: &str, path: &str) -> usize {
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
    let behind = message.split(&format!("{path}:")).nth(1).map(digits);
    let before = || {
        let (before, _) = message.split_once(&format!(" of {path}"))?;
        Some(digits(before.rsplit_once("line ")?.1))
    };
    behind.filter(|digits| !digits.is_empty()).or_else(before).and_then(|line| line.parse().ok()).unwrap_or(0)
}

impl Recorded {
    /// Whether some server takes it as it is.
    pub(super) fn is_accepted(&self) -> bool {
        self.verdict.starts_with("accept")
    }

    /// Whether it was tested as the body of a block that holds data.
    pub(super) fn is_data(&self) -> bool {
        matches!(self.context.as_str(), "types" | "map")
    }

    /// The refusal that is about the text; `None` if any tool has another reason, and for what was taken for
    /// data only because it fits nowhere else: programs, and configuration of others.
    pub(super) fn refusal(&self) -> Option<&Refusal> {
        let about_text = || self.refusals.iter().all(|refusal| refusal.is_about_text(&self.text));
        self.refusals.first().filter(|_| !self.is_data() && about_text())
    }

    /// The file and what has to stand around it.
    pub(super) fn base(&self, server: Server) -> Option<Base> {
        let context = self.context.as_str();
        let whole = matches!(context, "main" | "main-nomods" | "full" | "file");
        Some(match server {
            _ if whole => Base::single(server, &self.path, self.text.clone()),
            Server::Nginx => {
                let (before, after) = around(context)?;
                let main = format!("{before} include /etc/nginx/piece.conf; {after}\n");
                Base::single(server, &self.path, main).with("/etc/nginx/piece.conf", self.text.clone())
            }
            Server::Apache if context == "server" => self.apache("Include /etc/apache2/piece.conf"),
            Server::Apache => self.apache("<Directory /gw>\nInclude /etc/apache2/piece.conf\n</Directory>"),
            Server::Php | Server::Fpm => {
                let main = "[www]\nuser = www-data\nlisten = 29100\npm = static\npm.max_children = 1\n\
                            include = /etc/php/8.2/fpm/piece.conf\n";
                Base::single(server, &self.path, main.to_owned())
                    .with("/etc/php/8.2/fpm/piece.conf", self.text.clone())
            }
        })
    }

    fn apache(&self, includes: &str) -> Base {
        let main = format!(
            "PidFile /run/apache2/apache2.pid\nErrorLog /var/log/apache2/error.log\nUser www-data\nGroup www-data\n{includes}\n"
        );
        base::with_modules(Base::single(Server::Apache, &self.path, main))
            .with("/etc/apache2/piece.conf", self.text.clone())
    }

    /// What gwlint says of it: as it was tested; alone, where it needed definitions around it.
    pub(super) fn findings(&self, server: Server) -> Result<Vec<Finding>, String> {
        let mut findings = self.all_findings(server)?;
        // The record was made without root rights, and then a pool needs no user and may name root; and with
        // modules of Apache that this machine does not have.
        let of_machine = ["fpm/user-missing", "fpm/user-root", "apache/module-not-loaded"];
        findings.retain(|finding| !of_machine.contains(&finding.rule));
        if server == Server::Php {
            // The record is of parse_ini_file, which knows no settings.
            findings.retain(|finding| finding.rule.starts_with("syntax/"));
        }
        Ok(findings)
    }

    fn all_findings(&self, server: Server) -> Result<Vec<Finding>, String> {
        if let Some(base) = self.base(server).filter(|_| self.verdict != "accept-with-definitions") {
            return linter::lint(&base);
        }
        let path = PathBuf::from("/repository/piece.conf");
        let disk = Disk::memory([(path.clone(), self.text.clone().into_bytes())]);
        linter::lint_paths(disk, vec![path], server)
    }
}

/// What stands before and behind a piece of nginx.
fn around(context: &str) -> Option<(&'static str, &'static str)> {
    Some(match context {
        "main+events" | "main+events-nomods" => ("events {}", ""),
        "http" => ("events {} http {", "}"),
        "server" => ("events {} http { server {", "} }"),
        "location" => ("events {} http { server { location /gw {", "} } }"),
        "upstream" => ("events {} http { upstream gw {", "} }"),
        "types" => ("events {} http { types {", "} }"),
        "map" => ("events {} http { map $uri $gw {", "} }"),
        "stream" => ("events {} stream {", "}"),
        "stream_server" => ("events {} stream { server { listen 29101;", "} }"),
        "mail" => ("events {} mail {", "}"),
        _ => return None,
    })
}
