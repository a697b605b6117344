//! What a case declares: `case.toml`, read strictly.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml_edit::{DocumentMut, Item, Table, Value};

use crate::Result;
use crate::request::{Ask, Outcome};
use crate::servers::Service;

/// One broken gateway and what is known about it.
pub(crate) struct Case {
    /// Where its `tree/` and `fixed/` are.
    pub(crate) folder: PathBuf,
    /// The rule that must report it, `family/name`.
    pub(crate) rule: String,
    /// The servers of the tree, in the order of their start.
    pub(crate) services: Vec<Service>,
    /// Modules that do not come with Apache, as their files are named: `mod_fcgid`.
    pub(crate) apache_modules: Vec<String>,
    /// The servers that do not start on the broken tree.
    pub(crate) refuses: Vec<Service>,
    /// Texts which the logs of the broken tree hold.
    pub(crate) logs: Vec<String>,
    /// Texts which the logs hold after the repair, and did not before.
    pub(crate) logs_after: Vec<String>,
    /// Who repairs it.
    pub(crate) repair: Repair,
    /// Whether the finding is a hint, which has to be asked for.
    pub(crate) hints: bool,
    /// What is asked, and what is answered before and after the repair.
    pub(crate) exchanges: Vec<Exchange>,
}

/// Who repairs a fault.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repair {
    /// `gwlint --fix`.
    Safe,
    /// `gwlint --fix --unsafe-fixes`.
    Unsafe,
    /// A person has to decide: gwlint names the fault, and leaves it.
    ByHand,
}

/// One request and its two answers.
pub(crate) struct Exchange {
    pub(crate) ask: Ask,
    /// The name of the port that is asked, where it is not that of the visitors.
    pub(crate) port: Option<String>,
    /// How many ask the same at once: one of them meets the fault, and after the repair none does.
    pub(crate) parallel: usize,
    /// Who is reloaded while the answer is on its way.
    pub(crate) reload: Option<Service>,
    pub(crate) before: Expectation,
    pub(crate) after: Expectation,
}

/// The answers that count as expected.
pub(crate) struct Expectation {
    pub(crate) outcomes: Vec<Outcome>,
    /// A part of the body; the empty text stands for an empty body.
    pub(crate) body: Option<String>,
}

/// The folders of all cases, sorted by name.
pub(crate) fn folders() -> Result<Vec<PathBuf>> {
    let root = crate::tree::live_folder().join("cases");
    let entries = fs::read_dir(&root).map_err(|error| format!("{}: {error}", root.display()))?;
    let mut folders: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    Ok(folders)
}

/// The name of a case is the name of its folder.
pub(crate) fn name_of(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

impl Case {
    /// Reads `case.toml`; an unknown key, a missing one or a wrong type is an error.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("case.toml");
        let explain = |message: String| format!("{}: {message}", path.display());
        let text = fs::read_to_string(&path).map_err(|error| explain(error.to_string()))?;
        let document: DocumentMut = text.parse().map_err(|error| explain(format!("{error}")))?;
        let case = Self::parse(folder, document.as_table().clone()).map_err(explain)?;
        case.check_name().map_err(explain)?;
        Ok(case)
    }

    fn parse(folder: &Path, table: Table) -> Result<Self> {
        let mut keys = Keys(table);
        let case = Self {
            folder: folder.to_owned(),
            rule: keys.text("rule")?.ok_or("`rule` is missing")?,
            services: keys.services("services")?,
            apache_modules: keys.texts("apache_modules")?,
            refuses: keys.services("refuses")?,
            logs: keys.texts("log")?,
            logs_after: keys.texts("log_after")?,
            repair: repair(&mut keys)?,
            hints: keys.switch("hints")?.unwrap_or(false),
            exchanges: keys.tables("request")?.into_iter().map(exchange).collect::<Result<_>>()?,
        };
        // For the reader: where in the catalogue the fault is described, and in words.
        keys.number("catalogue")?;
        keys.text("description")?.ok_or("`description` is missing")?;
        keys.finish()?;
        if case.services.is_empty() || case.exchanges.is_empty() {
            return Err("a case needs `services` and at least one [[request]]".to_owned());
        }
        Ok(case)
    }

    /// The folder is named `<family>--<rule>`, with `--<variant>` where a rule has several cases.
    fn check_name(&self) -> Result<()> {
        let name = name_of(&self.folder);
        let expected = self.rule.replacen('/', "--", 1);
        let rest = name.strip_prefix(&expected);
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("--")) {
            return Ok(());
        }
        Err(format!("rule {} does not belong in folder {name}", self.rule))
    }
}

fn repair(keys: &mut Keys) -> Result<Repair> {
    match (keys.switch("unsafe")?, keys.switch("by_hand")?) {
        (Some(false), None) => Ok(Repair::Safe),
        (Some(true), None) => Ok(Repair::Unsafe),
        (None, Some(true)) => Ok(Repair::ByHand),
        _ => Err("a case says either `unsafe` or `by_hand = true`".to_owned()),
    }
}

fn exchange(table: Table) -> Result<Exchange> {
    let mut keys = Keys(table);
    let ask = Ask {
        path: keys.text("path")?.ok_or("a request needs `path`")?,
        host: keys.text("host")?.unwrap_or_else(|| "shop.test".to_owned()),
        cookie_size: keys.number("cookie_size")?.unwrap_or(0),
        body_size: keys.number("body_size")?.unwrap_or(0),
        body_takes: milliseconds(keys.number("body_takes")?.unwrap_or(0))?,
        headers: keys.texts("headers")?,
    };
    let port = keys.text("port")?;
    let reload = keys.text("reload")?.map(|name| Service::from_name(&name)).transpose()?;
    let parallel = keys.number("parallel")?.unwrap_or(1);
    let before = keys.table("before")?.ok_or("a request needs `before`")?;
    let after = keys.table("after")?.ok_or("a request needs `after`")?;
    keys.finish()?;
    Ok(Exchange { ask, port, parallel, reload, before: expectation(before)?, after: expectation(after)? })
}

fn milliseconds(count: usize) -> Result<Duration> {
    u64::try_from(count).map(Duration::from_millis).map_err(|error| error.to_string())
}

fn expectation(table: Table) -> Result<Expectation> {
    let mut keys = Keys(table);
    let expectation = Expectation { outcomes: keys.outcomes("status")?, body: keys.text("body")? };
    keys.finish()?;
    Ok(expectation)
}

/// The keys of a table that nobody has asked for yet.
struct Keys(Table);

impl Keys {
    /// Takes a key out and converts it; `None` where it is not there.
    fn take<T>(
        &mut self,
        key: &str,
        kind: &str,
        convert: impl FnOnce(Item) -> Option<T>,
    ) -> Result<Option<T>> {
        match self.0.remove(key) {
            None => Ok(None),
            Some(item) => convert(item).map(Some).ok_or_else(|| format!("`{key}` is not {kind}")),
        }
    }

    fn text(&mut self, key: &str) -> Result<Option<String>> {
        self.take(key, "a text", |item| item.as_str().map(str::to_owned))
    }

    fn switch(&mut self, key: &str) -> Result<Option<bool>> {
        self.take(key, "true or false", |item| item.as_bool())
    }

    fn number(&mut self, key: &str) -> Result<Option<usize>> {
        self.take(key, "a number", |item| item.as_integer()?.try_into().ok())
    }

    fn table(&mut self, key: &str) -> Result<Option<Table>> {
        self.take(key, "a table", |item| item.into_table().ok())
    }

    fn tables(&mut self, key: &str) -> Result<Vec<Table>> {
        let tables = self.take(key, "a list of tables", |item| item.into_array_of_tables().ok())?;
        Ok(tables.map(|tables| tables.into_iter().collect()).unwrap_or_default())
    }

    fn values(&mut self, key: &str) -> Result<Vec<Value>> {
        let array = self.take(key, "a list", |item| item.as_array().cloned())?;
        Ok(array.map(|array| array.into_iter().collect()).unwrap_or_default())
    }

    fn texts(&mut self, key: &str) -> Result<Vec<String>> {
        let text = |value: Value| value.as_str().map(str::to_owned);
        let texts: Option<Vec<String>> = self.values(key)?.into_iter().map(text).collect();
        texts.ok_or_else(|| format!("`{key}` is not a list of texts"))
    }

    fn services(&mut self, key: &str) -> Result<Vec<Service>> {
        self.texts(key)?.iter().map(|name| Service::from_name(name)).collect()
    }

    fn outcomes(&mut self, key: &str) -> Result<Vec<Outcome>> {
        let outcomes: Vec<Outcome> = self.values(key)?.iter().map(outcome).collect::<Result<_>>()?;
        if outcomes.is_empty() { Err(format!("`{key}` is missing")) } else { Ok(outcomes) }
    }

    /// Nothing may be left over.
    fn finish(self) -> Result<()> {
        match self.0.iter().next() {
            None => Ok(()),
            Some((key, _)) => Err(format!("unknown key `{key}`")),
        }
    }
}

/// A status code, the word `refused` where nobody listens, or `closed` where nobody answers.
fn outcome(value: &Value) -> Result<Outcome> {
    match value.as_str() {
        Some("refused") => return Ok(Outcome::Refused),
        Some("closed") => return Ok(Outcome::Closed),
        _ => {}
    }
    let code = value.as_integer().and_then(|code| u16::try_from(code).ok());
    code.map(Outcome::Status).ok_or_else(|| format!("{value} is no status"))
}
