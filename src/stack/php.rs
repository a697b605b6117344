//! php.ini, conf.d and what a pool puts on top: which value wins, and over which.

use crate::load::{Server, Workspace};
use crate::source::{FileId, Span};
use crate::tree::{At, Quote};
use crate::value;
use crate::version::Version;

use super::Stack;
use super::fpm::{Fpm, Pool};
use super::hop::Hop;
use super::setting::{Origin, Setting};

/// Which program a php.ini is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sapi {
    /// PHP-FPM.
    Fpm,
    /// mod_php in Apache.
    Apache,
    /// Programs that web servers start: mod_fcgid, CGI.
    Cgi,
    /// The command line.
    Cli,
    /// All of them, where the distribution has one php.ini.
    Any,
}

/// One setting of php.ini or conf.d.
#[derive(Debug, Clone)]
pub struct IniEntry {
    /// Its name.
    pub key: String,
    /// Its value as PHP reads it.
    pub value: String,
    /// The line.
    pub at: At,
    /// From the key to the end of the value.
    pub span: Span,
    /// The value, quotes included.
    pub value_span: Option<Span>,
    /// Whether the value stands there without quotes.
    pub bare: bool,
    /// Whether the line has an error of syntax.
    pub broken: bool,
}

/// One php.ini with the files of its conf.d.
#[derive(Debug)]
pub struct Php {
    /// The php.ini.
    pub file: FileId,
    /// Whether it is a whole php.ini in its place, not a file on its own.
    pub whole: bool,
    /// Which program reads it.
    pub sapi: Sapi,
    /// The version its path names.
    pub version: Option<Version>,
    /// Its settings in the order PHP reads them; later ones win.
    pub entries: Vec<IniEntry>,
}

impl Php {
    /// Reads the php.ini and conf.d of `server`.
    pub(crate) fn build(files: &Workspace, server: &Server) -> Self {
        let entries = server.files.iter().flat_map(|&file| entries_of(files, file)).collect();
        let sapi = if server.whole { sapi_of(files, server.files[0]) } else { Sapi::Any };
        Self { file: server.files[0], whole: server.whole, sapi, version: server.version, entries }
    }
}

fn sapi_of(files: &Workspace, file: FileId) -> Sapi {
    let path = &files.file(file).path;
    let has = |name: &str| path.components().any(|part| part.as_os_str() == name);
    if has("fpm") {
        Sapi::Fpm
    } else if has("apache2") {
        Sapi::Apache
    } else if has("cgi") {
        Sapi::Cgi
    } else if has("cli") {
        Sapi::Cli
    } else {
        Sapi::Any
    }
}

/// Settings under `[PATH=…]` and `[HOST=…]` hold for some requests only and stay out.
fn entries_of(files: &Workspace, file: FileId) -> Vec<IniEntry> {
    let mut entries = Vec::new();
    for node in files.tree(file).top() {
        let name = node.name().to_ascii_uppercase();
        let conditional = node.body().is_some() && (name.starts_with("PATH=") || name.starts_with("HOST="));
        if conditional {
            continue;
        }
        let keys = if node.body().is_some() { node.children().collect() } else { vec![node] };
        entries.extend(keys.into_iter().map(|key| IniEntry {
            key: key.name().to_owned(),
            value: key.arg(0).unwrap_or_default().into_owned(),
            at: key.at(),
            span: key.head(),
            value_span: key.arg_span(0),
            bare: key.words().first().is_some_and(|word| word.quote == Quote::None),
            broken: key.tree.errors_at(key.head()).any(|error| key.head().contains(error.span)),
        }));
    }
    entries
}

/// The value of a setting in force for a pool.
#[derive(Debug, Clone)]
pub struct PhpSetting {
    /// The value as PHP reads it.
    pub value: String,
    /// From the key to the end of the value, where it is set.
    pub span: Option<Span>,
    /// The value itself, for an edit.
    pub value_span: Option<Span>,
    /// Places that set it too, and lose.
    pub shadowed: Vec<Span>,
}

impl PhpSetting {
    /// The value in bytes, as PHP reads quantities.
    pub fn bytes(&self) -> Setting<i64> {
        self.setting(value::php_quantity(&self.value).value)
    }

    /// The value as a whole number.
    pub fn int(&self) -> Setting<i64> {
        self.setting(value::php_int(&self.value).value)
    }

    fn setting<T>(&self, value: T) -> Setting<T> {
        Setting { value, origin: self.span.map_or(Origin::Default, Origin::Set) }
    }
}

/// The value of `key` in force for `pool` with `php` below it, or `default`, PHP's own.
///
/// php.ini loses to conf.d, that to `php_value` of the pool, and all to `php_admin_value`. In php.ini the last one
/// of a name counts, in a pool the first one: FPM keeps them in a list that it walks from its end.
pub fn effective(php: Option<&Php>, pool: Option<&Pool>, key: &str, default: &str) -> PhpSetting {
    let ini = php.into_iter().flat_map(|php| &php.entries).filter(|entry| entry.key == key);
    let ini = ini.map(|entry| (entry.value.clone(), entry.span, entry.value_span));
    let of_pool = |admin: bool| {
        let entries = pool.into_iter().flat_map(Pool::php_entries);
        let wanted = entries.filter(move |entry| {
            entry.sub.as_deref() == Some(key) && entry.key.starts_with("php_admin_") == admin
        });
        wanted.rev().map(|entry| (entry.value.clone(), entry.span, entry.value_span))
    };
    let mut layers: Vec<_> = ini.chain(of_pool(false)).chain(of_pool(true)).collect();
    match layers.pop() {
        Some((value, span, value_span)) => {
            let shadowed = layers.into_iter().map(|(_, span, _)| span).collect();
            PhpSetting { value, span: Some(span), value_span, shadowed }
        }
        None => PhpSetting { value: default.to_owned(), span: None, value_span: None, shadowed: Vec::new() },
    }
}

impl Stack {
    /// The value of `key` for requests that come to `pool` through `hop`, or `default`, PHP's own; `None` when
    /// what decides is out of sight.
    pub fn php_setting(
        &self,
        files: &Workspace,
        hop: Option<&Hop>,
        fpm: &Fpm,
        pool: &Pool,
        key: &str,
        default: &str,
    ) -> Option<PhpSetting> {
        let php = self.php_of(fpm);
        let admin = |entry: &&super::fpm::Entry| {
            entry.sub.as_deref() == Some(key) && entry.key.starts_with("php_admin_")
        };
        let params = hop.map_or_else(Vec::new, |hop| self.php_params(files, hop));
        let sent = params.into_iter().rfind(|param| param.key == key);
        match sent {
            Some(param) if pool.php_entries().find(admin).is_none() => {
                let known = !param.value.contains('$');
                let (span, value_span) = (Some(param.span), None);
                known.then_some(PhpSetting { value: param.value, span, value_span, shadowed: Vec::new() })
            }
            _ => {
                let setting = effective(php, Some(pool), key, default);
                (php.is_some() || setting.span.is_some()).then_some(setting)
            }
        }
    }

    /// What nginx sets for PHP at a hop: the lines of `fastcgi_param PHP_VALUE` and, above them, `PHP_ADMIN_VALUE`.
    pub fn php_params(&self, files: &Workspace, hop: &Hop) -> Vec<IniEntry> {
        let Some(nginx) = self.nginx_of(hop) else { return Vec::new() };
        let params = nginx.list(files, hop.scope, "fastcgi_param").map_or_else(Vec::new, |(_, nodes)| nodes);
        let mut entries = Vec::new();
        for name in ["PHP_VALUE", "PHP_ADMIN_VALUE"] {
            for node in params.iter().filter(|node| node.arg(0).is_some_and(|arg| arg == name)) {
                let Some((text, value_span)) = node.arg(1).zip(node.arg_span(1)) else { continue };
                let lines = text.lines().filter_map(|line| line.split_once('='));
                entries.extend(lines.map(|(key, value)| IniEntry {
                    key: key.trim().to_owned(),
                    value: value.trim().trim_matches('"').to_owned(),
                    at: node.at(),
                    span: node.head(),
                    value_span: Some(value_span),
                    bare: !value.trim_start().starts_with('"'),
                    broken: false,
                }));
            }
        }
        entries
    }
}
