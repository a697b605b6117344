//! Does PHP take what php.ini, the pools and the web server set for it?

pub(super) mod display_errors;
pub(super) mod doc_root;
pub(super) mod errors_nowhere;
pub(super) mod extension_twice;
pub(super) mod file_cache;
pub(super) mod file_missing;
pub(super) mod function_disabled;
pub(super) mod input_dropped;
pub(super) mod invalid_value;
pub(super) mod memory_unlimited;
pub(super) mod not_settable_here;
pub(super) mod opcache_memory;
pub(super) mod open_basedir;
pub(super) mod overridden;
pub(super) mod param_separator;
pub(super) mod preload_user;
mod quantity;
mod reading;
pub(super) mod realpath_cache;
pub(super) mod sessions_kept;
mod site;
pub(super) mod unknown_setting;
mod words;
pub(super) mod wrong_php_ini;

use std::collections::HashSet;

use crate::diagnostic::{Edit, Fix};
use crate::rule::Context;
use crate::source::Span;
use crate::stack::fpm::{Entry, Pool};
use crate::stack::php::{IniEntry, Php, PhpSetting, Sapi, effective};
use crate::value;
use crate::version::Version;

/// Where a setting of PHP stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// php.ini, or a file of its conf.d.
    Ini,
    /// A .user.ini.
    UserIni,
    /// A pool.
    Pool,
    /// What nginx sends along.
    Param,
}

/// A setting of PHP, wherever it stands.
#[derive(Debug)]
pub(super) struct Set {
    pub(super) key: String,
    /// The value without its quotes.
    pub(super) value: String,
    /// Whether it stands there without quotes.
    bare: bool,
    /// The value, or the whole of a line that has none.
    pub(super) span: Span,
    /// The line.
    pub(super) line: Span,
    pub(super) place: Place,
    /// The version of PHP that reads it, where that is known.
    pub(super) version: Option<Version>,
}

impl Set {
    /// The value as PHP gets it: `1` for a bare `on`, nothing for a bare `off`.
    pub(super) fn read(&self) -> &str {
        let reserved = if self.bare { value::php_reserved(&self.value) } else { None };
        reserved.unwrap_or(&self.value)
    }

    /// Whether the value is put together elsewhere, from the environment or by a template.
    fn is_unknown(&self) -> bool {
        ["${", "{{", "<%", "@@", "%%", "$"].iter().any(|mark| self.value.contains(mark))
            || self.value.starts_with(['<', '@', '%'])
    }

    /// Whether PHP calculates it while it reads the file.
    fn is_calculated(&self) -> bool {
        let constant = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        let text = self.value.as_str();
        self.bare
            && (text.contains(['|', '&', '^', '~', '!', '('])
                || text.contains('_')
                    && text.starts_with(|c: char| c.is_ascii_uppercase())
                    && text.bytes().all(constant))
    }

    /// Puts `text` in the place of the value: within its quotes, or alone among others in one argument of nginx.
    pub(super) fn replaced(&self, context: &Context<'_>, text: &str) -> Option<Edit> {
        if self.value.is_empty() {
            return None;
        }
        let written = context.sources.text(self.span);
        let found: Vec<_> = written.match_indices(self.value.as_str()).collect();
        let &[(at, _)] = found.as_slice() else { return None };
        let lo = self.span.lo + u32::try_from(at).ok()?;
        let hi = lo + u32::try_from(self.value.len()).ok()?;
        Some(Edit::replace(Span::new(lo, hi), text))
    }

    /// The same as a repair that a person has to agree to.
    fn repair(&self, context: &Context<'_>, text: &str) -> Option<Fix> {
        let edit = self.replaced(context, text)?;
        Some(Fix::risky(format!("write {text} for {}", self.value), vec![edit]))
    }
}

/// All settings of php.ini, conf.d and .user.ini, of the pools, and those nginx sends along, each once. Lines with
/// an error of syntax are left out.
pub(super) fn settings(context: &Context<'_>) -> Vec<Set> {
    let stack = context.stack;
    let ini = stack.php.iter().flat_map(|php| {
        let user = is_user_ini(context, php);
        let (place, version) =
            (if user { Place::UserIni } else { Place::Ini }, php.version.or(stack.targets.php));
        php.entries.iter().filter(|entry| !entry.broken).map(move |entry| of_line(entry, place, version))
    });
    let pools = stack.fpm.iter().flat_map(|fpm| {
        let version = stack.php_version(fpm);
        let entries = fpm.pools.iter().flat_map(Pool::php_entries).filter(|entry| !entry.broken);
        entries.filter_map(move |entry| of_pool(entry, version))
    });
    let sent = stack.hops.iter().flat_map(|hop| stack.php_params(context.files, hop));
    let sent = sent.map(|entry| of_line(&entry, Place::Param, stack.targets.php));
    let mut seen = HashSet::new();
    ini.chain(pools).chain(sent).filter(|set| seen.insert((set.span, set.key.clone()))).collect()
}

/// The value of `key` for each pool, and for each php.ini of a web server that no pool in sight reads; those from one
/// place once. Whether it is a value of a server depends on the place of the file, so that pieces are left out.
pub(super) fn in_force(context: &Context<'_>, key: &str, default: &str) -> Vec<PhpSetting> {
    let stack = context.stack;
    let read =
        |php: &Php| stack.fpm.iter().any(|fpm| stack.php_of(fpm).is_some_and(|read| read.file == php.file));
    let alone = stack.php.iter().filter(|php| php.whole && php.sapi != Sapi::Cli && !read(php));
    let alone = alone.map(|php| (Some(php), None));
    let pools = stack.pools().map(|(fpm, pool)| (stack.php_of(fpm), Some(pool)));
    let mut seen = HashSet::new();
    let settings = alone.chain(pools).map(|(php, pool)| effective(php, pool, key, default));
    settings.filter(|setting| seen.insert(setting.span)).collect()
}

/// The php.ini files of web servers: what the command line reads is for scripts that no visitor waits for.
pub(super) fn of_servers<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a Php> {
    context.stack.php.iter().filter(|php| php.whole && php.sapi != Sapi::Cli)
}

/// Whether PHP loads `OPcache` and has not switched it off.
fn has_opcache(php: &Php) -> bool {
    let loaded =
        php.entries.iter().any(|entry| entry.key == "zend_extension" && entry.value.contains("opcache"));
    loaded && value::php_bool(&effective(Some(php), None, "opcache.enable", "1").value)
}

fn is_user_ini(context: &Context<'_>, php: &Php) -> bool {
    context.files.file(php.file).path.file_name().is_some_and(|name| name == ".user.ini")
}

fn of_line(entry: &IniEntry, place: Place, version: Option<Version>) -> Set {
    Set {
        key: entry.key.clone(),
        value: entry.value.clone(),
        bare: entry.bare,
        span: entry.value_span.unwrap_or(entry.span),
        line: entry.span,
        place,
        version,
    }
}

fn of_pool(entry: &Entry, version: Option<Version>) -> Option<Set> {
    Some(Set {
        key: entry.sub.clone()?,
        value: entry.value.clone(),
        bare: entry.bare,
        span: entry.value_span.unwrap_or(entry.span),
        line: entry.span,
        place: Place::Pool,
        version,
    })
}

/// What `8MB`, `8MiB` and `1TB` were meant to be, as PHP writes it; `None` for other texts. A `B` alone is no fault:
/// `512B` is 512 bytes.
pub(super) fn meant_size(text: &str) -> Option<String> {
    let text = text.trim();
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim_end();
    let unit = text[number.len()..].trim_start().to_ascii_lowercase();
    let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let unit = match unit.as_str() {
        "kb" | "kib" => "K",
        "mb" | "mib" => "M",
        "gb" | "gib" => "G",
        "t" | "tb" | "tib" => {
            let gigabytes = number.parse::<u64>().ok().filter(|_| plain)?.checked_mul(1024)?;
            return Some(format!("{gigabytes}G"));
        }
        _ => return None,
    };
    plain.then(|| format!("{number}{unit}"))
}

#[cfg(test)]
mod tests {
    use super::meant_size;

    #[test]
    fn units_are_what_people_mean() {
        assert_eq!(meant_size("8MB").as_deref(), Some("8M"));
        assert_eq!(meant_size("64 MB").as_deref(), Some("64M"));
        assert_eq!(meant_size("1GiB").as_deref(), Some("1G"));
        assert_eq!(meant_size("1T").as_deref(), Some("1024G"));
        assert_eq!(meant_size("512B"), None);
        assert_eq!(meant_size("1.5GB"), None);
    }
}
