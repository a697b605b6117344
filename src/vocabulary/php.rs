//! The words of php.ini: `grammar/php.tsv`, as PHP 8.2 has them, and which versions have them:
//! `grammar/php-versions.tsv`.

use std::sync::LazyLock;

use crate::version::Version;

/// What a setting of php.ini takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhpType {
    /// Any text.
    Text,
    /// A switch.
    Flag,
    /// A switch, `stdout` or `stderr`.
    Display,
    /// A switch or a number of bytes.
    FlagOrBytes,
    /// Constants of error levels, or their sum.
    Errors,
    /// The name of a time zone.
    Timezone,
    /// What the compiler of `OPcache` does.
    Jit,
    /// A number that is meant to be octal.
    Octal,
    /// A number with or without a multiplier.
    Integer,
    /// The same, for bytes.
    Bytes,
    /// The same, for seconds.
    Seconds,
    /// A number whose rest is dropped, for seconds.
    Timeout,
    /// A number whose rest is dropped, from the one to the other.
    Number(i64, i64),
    /// The same, for megabytes.
    Megabytes(i64),
    /// One of these words.
    OneOf(&'static str),
    /// One of these words, or one that an extension knows.
    Open(&'static str),
}

/// Where a setting of php.ini may be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changeable {
    /// In php.ini alone: it is looked at when PHP starts.
    Start,
    /// In php.ini and pools.
    System,
    /// In files of directories too, or anywhere.
    Anywhere,
}

/// A setting of php.ini.
#[derive(Debug, Clone, Copy)]
pub struct PhpWord {
    /// Its name, in this case only.
    pub name: &'static str,
    /// What it takes.
    pub takes: PhpType,
    /// What holds without it.
    pub default: &'static str,
    /// Where it may be set.
    pub changeable: Changeable,
}

/// Which versions of PHP know a setting.
#[derive(Debug, Clone, Copy)]
pub struct PhpSpan {
    /// Its name.
    pub name: &'static str,
    /// The first version that knows it, where that is not an old one.
    pub since: Option<Version>,
    /// The first version that advises against it.
    pub deprecated: Option<Version>,
    /// The first version that does not know it any more.
    pub removed: Option<Version>,
    /// Whether PHP does not start with it after that, if it is on.
    pub fatal: bool,
    /// What to use instead.
    pub instead: Option<&'static str>,
}

/// The settings of php.ini, sorted by name.
pub fn php_words() -> &'static [PhpWord] {
    static WORDS: LazyLock<Vec<PhpWord>> =
        LazyLock::new(|| read(include_str!("../../grammar/php.tsv"), word, |word| word.name));
    &WORDS
}

/// The setting of a name.
pub fn php_word(name: &str) -> Option<&'static PhpWord> {
    find(php_words(), name, |word| word.name)
}

/// The settings that not every version has, sorted by name.
pub fn php_spans() -> &'static [PhpSpan] {
    static SPANS: LazyLock<Vec<PhpSpan>> =
        LazyLock::new(|| read(include_str!("../../grammar/php-versions.tsv"), span, |span| span.name));
    &SPANS
}

/// The versions that have the setting of a name, where not all do.
pub fn php_span(name: &str) -> Option<&'static PhpSpan> {
    find(php_spans(), name, |span| span.name)
}

/// The names of time zones PHP knows.
pub fn timezones() -> impl Iterator<Item = &'static str> {
    include_str!("../../grammar/timezones.txt").lines()
}

fn read<T>(table: &'static str, line: fn(&'static str) -> Option<T>, name: fn(&T) -> &'static str) -> Vec<T> {
    let mut words: Vec<T> = table.lines().skip(1).filter_map(line).collect();
    words.sort_by_key(name);
    words.dedup_by_key(|word| name(word));
    words
}

fn find<'a, T>(words: &'a [T], name: &str, key: fn(&T) -> &'static str) -> Option<&'a T> {
    words.binary_search_by(|word| key(word).cmp(name)).ok().map(|index| &words[index])
}

fn word(line: &'static str) -> Option<PhpWord> {
    let mut fields = line.split('\t');
    let (name, _extension, kind) = (fields.next()?, fields.next()?, fields.next()?);
    let (default, changeable) = (fields.next()?, fields.next()?);
    let changeable = match changeable {
        "START" => Changeable::Start,
        "SYSTEM" => Changeable::System,
        _ => Changeable::Anywhere,
    };
    Some(PhpWord { name, takes: takes(kind), default, changeable })
}

fn takes(kind: &'static str) -> PhpType {
    let (kind, rest) = kind.split_once(':').unwrap_or((kind, ""));
    let ends = || {
        let (least, most) = rest.split_once("..").unwrap_or((rest, ""));
        (least.parse().unwrap_or(i64::MIN), most.parse().unwrap_or(i64::MAX))
    };
    match kind {
        "bool" => PhpType::Flag,
        "display" => PhpType::Display,
        "bool-or-bytes" => PhpType::FlagOrBytes,
        "errors" => PhpType::Errors,
        "timezone" => PhpType::Timezone,
        "jit" => PhpType::Jit,
        "octal" => PhpType::Octal,
        "integer" => PhpType::Integer,
        "bytes" => PhpType::Bytes,
        "seconds" => PhpType::Seconds,
        "timeout" => PhpType::Timeout,
        "number" => PhpType::Number(ends().0, ends().1),
        "megabytes" => PhpType::Megabytes(ends().0),
        "enum" => PhpType::OneOf(rest),
        "open" => PhpType::Open(rest),
        _ => PhpType::Text,
    }
}

fn span(line: &'static str) -> Option<PhpSpan> {
    let fields: Vec<&'static str> = line.split('\t').collect();
    let &[name, since, deprecated, removed, gone, instead] = fields.as_slice() else { return None };
    let version = |text: &str| text.parse().ok();
    Some(PhpSpan {
        name,
        since: version(since),
        deprecated: version(deprecated),
        removed: version(removed),
        fatal: gone == "fatal",
        instead: (!instead.is_empty()).then_some(instead),
    })
}

/// Functions that applications call at every request, or nearly so, in lower case.
pub const PHP_EVERYDAY: &[&str] = &[
    "curl_exec",
    "curl_init",
    "error_reporting",
    "file_get_contents",
    "fsockopen",
    "function_exists",
    "getenv",
    "ignore_user_abort",
    "ini_get",
    "ini_set",
    "php_sapi_name",
    "phpversion",
    "set_error_handler",
    "set_time_limit",
    "spl_autoload_register",
    "stream_socket_client",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_found_by_their_exact_name() {
        assert!(php_word("memory_limit").is_some_and(|word| word.takes == PhpType::Bytes));
        assert!(php_word("file_uploads").is_some_and(|word| word.takes == PhpType::Flag));
        assert!(php_word("Memory_Limit").is_none());
        let files = php_word("opcache.max_accelerated_files").map(|word| (word.takes, word.changeable));
        assert_eq!(files, Some((PhpType::Number(200, 1_000_000), Changeable::Start)));
    }

    #[test]
    fn versions_are_read_whole() {
        let lines = include_str!("../../grammar/php-versions.tsv").lines().count() - 1;
        assert_eq!(php_spans().len(), lines);
        let known = |span: &PhpSpan| span.since.or(span.deprecated).or(span.removed).is_some();
        assert!(php_spans().iter().all(known));
        let track = php_span("track_errors").map(|span| (span.removed, span.fatal));
        assert_eq!(track, Some((Some(Version::new(8, 0, 0)), true)));
    }
}
