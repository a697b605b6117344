//! `gwlint.toml`: where it is found, what it says, and what is wrong with it.
//!
//! Nothing in it is ever ignored: a key, value or rule that is not known stops the run, with the
//! place and what was probably meant.

mod listeners;
mod policy;
mod rules;
mod verify;

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml_edit::{Document, Item, TableLike};

use crate::diagnostic::{Diagnostic, Severity};
use crate::options::{Options, RuleOption};
use crate::rule::Rule;
use crate::select::{self, Lists, Unknown, closest};
use crate::source::{SourceMap, Span};
use crate::verify::Commands;
use crate::version::Targets;
use crate::vfs::{Disk, Kind};

pub use policy::{IgnoreIn, Policy};

/// The name of the file.
pub const FILE_NAME: &str = "gwlint.toml";

const KEYS: [&str; 12] = [
    "select",
    "ignore",
    "fail-on",
    "root",
    "target",
    "nginx",
    "apache",
    "rules",
    "listener",
    "verify",
    "severity",
    "ignore-in",
];

/// What a `gwlint.toml` says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Which rules run.
    pub rules: Lists,
    /// The least severity that makes a run fail.
    pub fail_on: Option<Severity>,
    /// What absolute paths are below.
    pub root: Option<PathBuf>,
    /// The versions the configuration is for.
    pub targets: Targets,
    /// What else it says about the languages.
    pub options: Options,
    /// What is made of findings.
    pub policy: Policy,
    /// How servers are asked with `--verify`.
    pub verify: Commands,
}

/// A `gwlint.toml` that cannot be used.
#[derive(Debug)]
pub enum Invalid {
    /// It could not be read.
    Unreadable(PathBuf, std::io::Error),
    /// What it says is wrong: its text, and each mistake in it.
    Wrong(SourceMap, Vec<Diagnostic>),
}

/// The `gwlint.toml` for `path`: in its directory, or the nearest one above.
pub fn find(disk: &Disk, path: &Path) -> Option<PathBuf> {
    above(disk, path, FILE_NAME)
}

/// The file of this name at or above `first`, else at or above the current directory.
pub fn nearest(disk: &Disk, first: Option<&Path>, name: &str) -> Option<PathBuf> {
    let found = first.and_then(|path| above(disk, path, name));
    found.or_else(|| above(disk, Path::new("."), name))
}

fn above(disk: &Disk, path: &Path, name: &str) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    path.ancestors().map(|dir| dir.join(name)).find(|file| disk.kind(file) == Some(Kind::File))
}

/// Reads a `gwlint.toml`; `all` are the rules it may name, and `rule_options` what it may set of them.
///
/// # Errors
/// Why it cannot be used.
pub fn read(
    disk: &Disk,
    path: &Path,
    all: &[&'static Rule],
    rule_options: &[&'static RuleOption],
) -> Result<Config, Invalid> {
    let bytes = disk.read(path).map_err(|error| Invalid::Unreadable(path.to_owned(), error))?;
    let mut sources = SourceMap::default();
    let Ok(id) = sources.add(path, bytes) else {
        return Err(Invalid::Unreadable(path.to_owned(), std::io::ErrorKind::FileTooLarge.into()));
    };
    let mut reader = Reader { all, rule_options, config: Config::default(), mistakes: Vec::new() };
    let text = &sources.file(id).text;
    match Document::parse(text.as_ref()) {
        Ok(document) => {
            let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
            let directory = whole.parent().unwrap_or(Path::new("/")).to_owned();
            let real = disk.canonical(&directory);
            reader.top(document.as_table(), path, &[directory, real]);
        }
        Err(error) => {
            // A parser's sentence begins small in ours.
            reader.mistake(error.span(), format!("this is not TOML: {}", error.message()), "here", None);
        }
    }
    let (config, mistakes) = (reader.config, reader.mistakes);
    if mistakes.is_empty() { Ok(config) } else { Err(Invalid::Wrong(sources, mistakes)) }
}

/// Takes a document apart and collects what is wrong with it.
struct Reader<'a> {
    all: &'a [&'static Rule],
    rule_options: &'a [&'static RuleOption],
    config: Config,
    mistakes: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn top(&mut self, table: &dyn TableLike, path: &Path, directories: &[PathBuf]) {
        for (key, item) in table.iter() {
            match key {
                "select" => self.config.rules.select = self.rules(key, item),
                "ignore" => self.config.rules.ignore = self.rules(key, item),
                "fail-on" => self.config.fail_on = self.severity(key, item),
                "root" => {
                    let base = path.parent().unwrap_or(Path::new(""));
                    self.config.root = self.string(key, item).map(|root| base.join(root));
                }
                "target" => self.targets(item),
                "nginx" => self.config.options.nginx_directives = self.directives(key, item, is_nginx_name),
                "apache" => {
                    self.config.options.apache_directives = self.directives(key, item, is_apache_name);
                }
                "rules" => self.rule_tables(key, item),
                "listener" => self.listeners(item),
                "verify" => self.verify(item),
                "severity" => self.severities(item),
                "ignore-in" => self.ignores_in(item, directories),
                _ => self.unknown_key(table, key, &KEYS),
            }
        }
    }

    fn rules(&mut self, key: &str, item: &Item) -> Vec<String> {
        let all = self.all;
        let mut names = Vec::new();
        for (name, span) in self.names(key, item, "a list of rules and families, such as [\"timeout\"]") {
            match select::check(all, name) {
                Ok(()) => names.push(name.to_owned()),
                Err(unknown) => self.unknown_rule(span, &unknown),
            }
        }
        names
    }

    /// Whether a key is the name of a rule; if not, that is a mistake.
    fn is_rule(&mut self, table: &dyn TableLike, name: &str) -> bool {
        let known = select::rule(self.all, name);
        if let Err(unknown) = &known {
            let span = table.key(name).and_then(toml_edit::Key::span);
            self.unknown_rule(span, unknown);
        }
        known.is_ok()
    }

    fn unknown_rule(&mut self, span: Option<Range<usize>>, unknown: &Unknown) {
        let help = did_you_mean(unknown.meant.as_deref())
            .unwrap_or_else(|| "`gwlint rules` lists them all".to_owned());
        self.mistake(span, unknown.to_string(), "not known", Some(help));
    }

    /// The names in a list, each with its place.
    fn names<'i>(&mut self, key: &str, item: &'i Item, wanted: &str) -> Vec<(&'i str, Option<Range<usize>>)> {
        let Some(list) = item.as_array() else {
            self.wrong_type(item, key, wanted);
            return Vec::new();
        };
        let mut names = Vec::new();
        for entry in list {
            if let Some(name) = entry.as_str() {
                names.push((name, entry.span()));
            } else {
                let message = format!("`{key}` lists names, and this is {}", article(entry.type_name()));
                self.mistake(entry.span(), message, "not a name in quotes", None);
            }
        }
        names
    }

    /// The table of a language: the directives of modules made in house.
    fn directives(&mut self, language: &str, item: &Item, is_name: fn(&str) -> bool) -> Vec<String> {
        let Some(table) = item.as_table_like() else {
            self.wrong_type(item, language, &format!("a table, such as [{language}]"));
            return Vec::new();
        };
        let mut own = Vec::new();
        for (key, item) in table.iter() {
            if key != "directives" {
                self.unknown_key(table, key, &["directives"]);
                continue;
            }
            for (name, span) in self.names(key, item, "a list of directives, such as [\"my_key\"]") {
                if is_name(name) {
                    own.push(name.to_owned());
                } else {
                    let help = "write the name alone, as it begins the line".to_owned();
                    self.mistake(span, format!("`{name}` is no name of a directive"), "no name", Some(help));
                }
            }
        }
        own
    }

    fn targets(&mut self, item: &Item) {
        let Some(table) = item.as_table_like() else {
            return self.wrong_type(item, "target", "a table, such as [target]");
        };
        for (name, item) in table.iter() {
            if !Targets::NAMES.contains(&name) {
                self.unknown_key(table, name, &Targets::NAMES);
                continue;
            }
            let Some(text) = self.string(name, item) else { continue };
            let Ok(version) = text.parse() else {
                let message = format!("`{text}` is no version");
                self.mistake(item.span(), message, "write one such as \"8.2\"", None);
                continue;
            };
            if let Some(slot) = self.config.targets.slot(name) {
                *slot = Some(version);
            }
        }
    }

    fn string<'i>(&mut self, key: &str, item: &'i Item) -> Option<&'i str> {
        if item.as_str().is_none() {
            self.wrong_type(item, key, "text in quotes");
        }
        item.as_str()
    }

    fn wrong_type(&mut self, item: &Item, key: &str, wanted: &str) {
        let message = format!("`{key}` is {wanted}, not {}", article(item.type_name()));
        self.mistake(item.span(), message, "of the wrong type", None);
    }

    fn unknown_key(&mut self, table: &dyn TableLike, key: &str, known: &[&str]) {
        let span = table.key(key).and_then(toml_edit::Key::span);
        let help = did_you_mean(closest(key, known.iter().copied()))
            .unwrap_or_else(|| format!("the keys here are {}", known.join(", ")));
        self.mistake(span, format!("there is no key `{key}`"), "not known", Some(help));
    }

    fn mistake(&mut self, at: Option<Range<usize>>, message: String, label: &str, help: Option<String>) {
        // The file is alone in its address space: its spans are offsets.
        let at = at.unwrap_or(0..0);
        let span = Span::new(at.start as u32, at.end as u32);
        self.mistakes.push(Diagnostic { help, ..Diagnostic::new(span, message, label) });
    }
}

/// Whether nginx can have a directive of this name: it is one word.
fn is_nginx_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || ";{}\"'#$".contains(c))
}

/// Whether Apache can have a directive or a section of this name.
fn is_apache_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "<>\"'#".contains(c))
}

fn did_you_mean(name: Option<&str>) -> Option<String> {
    name.map(|name| format!("did you mean `{name}`?"))
}

fn article(noun: &str) -> String {
    let an = noun.starts_with(['a', 'e', 'i', 'o']);
    format!("{} {noun}", if an { "an" } else { "a" })
}

#[cfg(test)]
mod tests;
