//! The public corpus in `../shared/corpus` and the verdicts of real servers that are recorded beside it.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use gwlint::diagnostic::Severity;
use gwlint::vfs::Disk;
use libtest_mimic::{Completion, Failed};
use rayon::prelude::*;

use crate::base::{self, Base};
use crate::exceptions;
use crate::linter::{self, Finding};
use crate::server::Server;
use crate::table;

/// Refusals for reasons that are not in the text, or for what the wrapping lacks.
const NOT_TEXT: [&str; 2] = ["env", "harness"];

/// A file and what the servers said of it.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    /// Its path below `files/`.
    pub(crate) path: String,
    /// Of all tools together.
    verdict: String,
    /// What it was tested as.
    context: String,
    /// The refusals: tool, class, line, message.
    pub(crate) refusals: Vec<Refusal>,
    text: String,
}

/// What one tool said.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    tool: String,
    class: String,
    line: usize,
    pub(crate) message: String,
}

fn folder() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    env::var_os("GWLINT_CORPUS").map_or_else(beside, PathBuf::from)
}

/// The files of a server's language, in the order of the table; none where the corpus is not there.
fn recorded(server: Server) -> Vec<Recorded> {
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
    behind.or_else(before).and_then(|line| line.parse().ok()).unwrap_or(0)
}

impl Recorded {
    /// Whether some server takes it as it is.
    fn is_accepted(&self) -> bool {
        self.verdict.starts_with("accept")
    }

    /// The refusal that is about the text; `None` if any tool has another reason.
    fn refusal(&self) -> Option<&Refusal> {
        let is_text = |refusal: &&Refusal| !NOT_TEXT.contains(&refusal.class.as_str());
        if self.refusals.iter().any(|refusal| !is_text(&refusal)) { None } else { self.refusals.first() }
    }

    /// The file and what has to stand around it.
    fn base(&self, server: Server) -> Option<Base> {
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
    fn findings(&self, server: Server) -> Result<Vec<Finding>, String> {
        let mut findings = self.all_findings(server)?;
        // The record was made without root rights, and then a pool needs no user.
        findings.retain(|finding| finding.rule != "fpm/user-missing");
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
        "stream_server" => ("events {} stream { server {", "} }"),
        "mail" => ("events {} mail {", "}"),
        _ => return None,
    })
}

/// Accepted files of the corpus, to be changed; the server here has to accept them, too.
pub(crate) fn bases(server: Server) -> Vec<Base> {
    let files = recorded(server).into_iter();
    let small = files.filter(|file| file.is_accepted() && (60..12_000).contains(&file.text.len()));
    // Files that name replaced characters, or code, are for others.
    small.filter(|file| !file.text.contains('\u{fffd}')).filter_map(|file| file.base(server)).collect()
}

/// Compares what gwlint says of each file with what is recorded.
pub(crate) fn judge(server: Server) -> Result<Completion, Failed> {
    let files = recorded(server);
    if files.is_empty() {
        return Ok(Completion::ignored_with(format!(
            "left out: the corpus is not there: {}",
            folder().display()
        )));
    }
    let judged: Vec<(Recorded, Vec<Finding>)> = files
        .into_par_iter()
        .map(|file| {
            let findings = file.findings(server).map_err(|error| format!("{}: {error}", file.path))?;
            Ok((file, findings))
        })
        .collect::<Result<_, String>>()?;
    let report = Report::of(judged);
    let path = report.write(server)?;
    if !report.false_errors.is_empty() {
        return Err(format!("errors in accepted files:\n{}", report.false_errors.join("\n")).into());
    }
    let missed = report.missed.len();
    if missed > most_missed(server) {
        return Err(format!("{missed} refused files have no error: see {}", path.display()).into());
    }
    Ok(Completion::Completed)
}

/// Of the refused files so many may have no error.
const fn most_missed(server: Server) -> usize {
    match server {
        Server::Nginx => 160,
        Server::Apache => 82,
        Server::Fpm | Server::Php => 3,
    }
}

/// What came of it.
#[derive(Default)]
struct Report {
    accepted: usize,
    refused: usize,
    found: usize,
    on_the_line: usize,
    /// Errors in accepted files that no exception explains.
    false_errors: Vec<String>,
    /// Refused files without an error.
    missed: Vec<String>,
    elsewhere: Vec<String>,
    excused: Vec<String>,
}

impl Report {
    fn of(judged: Vec<(Recorded, Vec<Finding>)>) -> Self {
        let mut report = Self::default();
        for (file, findings) in judged {
            let errors: Vec<&Finding> =
                findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
            let said = show(&file, &findings);
            if let Some(why) = exceptions::in_corpus(&file.path) {
                report.excused.push(format!("{said}    right because: {why}\n"));
            } else if file.is_accepted() {
                report.accepted += 1;
                if !errors.is_empty() {
                    report.false_errors.push(said);
                }
            } else if let Some(refusal) = file.refusal() {
                report.refused += 1;
                report.found += usize::from(!errors.is_empty());
                let lines: Vec<usize> = file.refusals.iter().map(|refusal| refusal.line).collect();
                if errors.is_empty() {
                    report.missed.push(format!("{}: {said}", refusal.class));
                } else if errors.iter().any(|error| lines.contains(&error.line)) {
                    report.on_the_line += 1;
                } else {
                    report.elsewhere.push(said);
                }
            }
        }
        report
    }

    fn write(&self, server: Server) -> Result<PathBuf, String> {
        let mut out = format!(
            "accepted: {}, refused for the text's sake: {}, of these found: {}, on the server's line: {}\n",
            self.accepted, self.refused, self.found, self.on_the_line
        );
        let lists = [
            ("errors in accepted files", &self.false_errors),
            ("refused, but gwlint is silent", &self.missed),
            ("refused, and gwlint says so elsewhere", &self.elsewhere),
            ("gwlint differs and is right", &self.excused),
        ];
        for (title, list) in lists {
            let _ = write!(out, "\n## {title}: {}\n\n{}", list.len(), list.join("\n"));
        }
        let path = table::folder().join(format!("corpus-{}.txt", server.name()));
        let written = fs::create_dir_all(table::folder()).and_then(|()| fs::write(&path, out));
        written.map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }
}

fn show(file: &Recorded, findings: &[Finding]) -> String {
    let mut out = format!("{} as {}\n", file.path, file.context);
    for refusal in &file.refusals {
        let text = file.text.lines().nth(refusal.line.saturating_sub(1)).unwrap_or_default();
        let _ = writeln!(out, "    {}: {} ({})", refusal.tool, refusal.message, refusal.class);
        let _ = writeln!(out, "    {:>5} | {}", refusal.line, text.chars().take(160).collect::<String>());
    }
    for finding in findings {
        let _ = writeln!(out, "    gwlint: {finding}");
    }
    out
}
