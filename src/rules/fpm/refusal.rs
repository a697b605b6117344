//! Which values FPM refuses, and what it says of them.

use super::{is_computed, meant_seconds, time_text};
use crate::stack::fpm::{Entry, Pool};
use crate::value;
use crate::vocabulary::{FpmType, FpmWord, fpm_word};

/// A value FPM does not take.
pub(super) struct Refusal {
    /// What the setting takes.
    pub(super) wanted: String,
    /// What FPM says.
    pub(super) complaint: Complaint,
    /// What was meant, where that is beyond doubt.
    pub(super) meant: Option<String>,
}

/// How FPM says it.
pub(super) enum Complaint {
    /// While it reads the file: with the name of the file and the line.
    Reading(String),
    /// When it has read everything.
    Checking(String),
    /// When it starts; `php-fpm -t` says that all is well.
    Starting(String),
}

use Complaint::{Checking, Reading, Starting};

const TIME: &str = "a whole number with `s`, `m`, `h` or `d`";
const FLAG: &str = "`yes` or `no`";
const LISTEN: &str = "a port, an address with a port or the path of a socket";

/// Why FPM refuses an entry of a section; `None` when it takes it. A line without `=`, and a `#` in the value,
/// are the matter of other rules.
pub(super) fn of(section: &Pool, global: bool, entry: &Entry) -> Option<Refusal> {
    if entry.value_span.is_none() || is_computed(entry) || entry.value.contains(" #") {
        return None;
    }
    match &entry.sub {
        Some(sub) => of_array(entry, sub),
        None => of_setting(section, global, entry, fpm_word(&entry.key, global)?),
    }
}

/// `php_flag[name]`, `env[NAME]` and `access.suppress_path[]`.
fn of_array(entry: &Entry, sub: &str) -> Option<Refusal> {
    let text = entry.read();
    let (wanted, complaint) = match entry.key.as_str() {
        "php_flag" | "php_admin_flag" if !is_flag(entry) => {
            (FLAG, format!("error while parsing '{}[{sub}]' : invalid boolean value", entry.key))
        }
        "env" if text.is_empty() => ("a text that is not empty", "empty value".to_owned()),
        "access.suppress_path" if sub.is_empty() && !text.starts_with('/') => {
            let complaint = "Values provided to field 'access.suppress_path' must begin with '/'";
            ("a path that begins with `/`", complaint.to_owned())
        }
        _ => return None,
    };
    let meant = if entry.key == "env" { None } else { meant_flag(entry) };
    Some(Refusal { wanted: wanted.to_owned(), complaint: Reading(complaint), meant })
}

fn of_setting(section: &Pool, global: bool, entry: &Entry, word: &FpmWord) -> Option<Refusal> {
    let refusal = match word.takes {
        FpmType::Integer(..) | FpmType::IntegerOrUnlimited => integer(section, global, entry, word),
        FpmType::Time => time(entry),
        FpmType::Flag => (!is_flag(entry))
            .then(|| refusal(FLAG, Reading(unparsed(entry, "invalid boolean value")), meant_flag(entry))),
        // The word for how a pool gets its children is the matter of fpm/pm-constraints.
        FpmType::OneOf(words) if word.name != "pm" => one_of(entry, word.name, words),
        // Of these the last one alone counts.
        _ if section.get(&entry.key).is_some_and(|last| last.at != entry.at) => None,
        FpmType::Uri => uri(section, entry, word.name),
        FpmType::Listen => listen(section, entry, word.name),
        FpmType::Filled if entry.read().is_empty() => {
            let complaint = "failed to open access log (): No such file or directory (2)".to_owned();
            Some(refusal("the path of a file", Checking(complaint), None))
        }
        _ => None,
    };
    refusal.or_else(|| pool_in_global(global, entry, word.takes))
}

fn refusal(wanted: impl Into<String>, complaint: Complaint, meant: Option<String>) -> Refusal {
    Refusal { wanted: wanted.into(), complaint, meant }
}

fn unparsed(entry: &Entry, why: &str) -> String {
    format!("unable to parse value for entry '{}': {why}", entry.key.to_ascii_lowercase())
}

fn integer(section: &Pool, global: bool, entry: &Entry, word: &FpmWord) -> Option<Refusal> {
    let text = entry.read();
    let unlimited = word.takes == FpmType::IntegerOrUnlimited;
    if unlimited && text.eq_ignore_ascii_case("unlimited") {
        return None;
    }
    let Ok(reading) = value::fpm_integer(text) else {
        let wanted = if unlimited { "a whole number or `unlimited`" } else { "a whole number" };
        let complaint = unparsed(entry, "is not a valid number (greater or equal than zero)");
        return Some(refusal(wanted, Reading(complaint), None));
    };
    let FpmType::Integer(least, most) = word.takes else {
        let complaint = unparsed(entry, "must be greater than zero or 'unlimited'");
        let wanted = "a whole number from 0 on, or `unlimited`";
        return (reading.value < 0).then(|| refusal(wanted, Reading(complaint), None));
    };
    let counts = section.get(&entry.key).is_some_and(|winner| winner.at == entry.at);
    if (least..=most).contains(&reading.value) || !counts {
        return None;
    }
    let wanted = match (least, most) {
        (least, i32::MAX) => format!("a whole number from {least} on"),
        (least, most) => format!("a whole number from {least} to {most}"),
    };
    let place = if global { String::new() } else { format!("[pool {}] ", section.name) };
    let complaint = match word.name {
        "process.max" => "process_max can't be negative".to_owned(),
        "process.priority" => format!("{place}process.priority must be included into [{least},{most}]"),
        "log_limit" => format!("log_limit must be greater than {least}"),
        name => format!("{place}'{name}' ({}) must be a positive value", reading.value),
    };
    Some(refusal(wanted, Checking(complaint), None))
}

fn time(entry: &Entry) -> Option<Refusal> {
    let text = entry.read();
    if value::fpm_time(text).is_ok() {
        return None;
    }
    let why = if text.is_empty() { "invalid time value" } else { "unknown suffix used in time value" };
    let meant = meant_seconds(text).and_then(time_text);
    Some(refusal(TIME, Reading(unparsed(entry, why)), meant))
}

fn one_of(entry: &Entry, name: &str, words: &str) -> Option<Refusal> {
    let text = entry.read();
    if words.split('/').any(|word| word.eq_ignore_ascii_case(text)) {
        return None;
    }
    // The words of other servers for the same.
    let levels = [("info", "notice"), ("warn", "warning"), ("crit", "alert"), ("emerg", "alert")];
    let foreign = levels.into_iter().find(|(word, _)| name == "log_level" && word.eq_ignore_ascii_case(text));
    let close = || crate::spelling::closest(text, words.split('/'));
    let meant = foreign.map(|(_, level)| level).or_else(close).map(str::to_owned);
    let known: Vec<String> = words.split('/').map(|word| format!("`{word}`")).collect();
    let (last, others) = known.split_last()?;
    let wanted = format!("{} or {last}", others.join(", "));
    let complaint = match name {
        "events.mechanism" => Checking(format!("event mechanism '{text}' is not available on this system")),
        "log_level" => Reading(unparsed(entry, "invalid value for 'log_level'")),
        _ => Reading(unparsed(entry, "invalid value")),
    };
    Some(refusal(wanted, complaint, meant))
}

/// `pm.status_path` and `ping.path`; nothing turns them off.
fn uri(section: &Pool, entry: &Entry, name: &str) -> Option<Refusal> {
    let text = entry.read();
    let what = if name == "ping.path" { "ping path" } else { "status path" };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/_-.~".contains(&byte);
    let why = match text.as_bytes() {
        [first, ..] if *first != b'/' => "must start with a '/'",
        [_] => "is not long enough",
        [_, rest @ ..] if !rest.iter().copied().all(plain) => {
            "must contain only the following characters '[alphanum]/_-.~'"
        }
        _ => return None,
    };
    let complaint = format!("[pool {}] the {what} '{text}' {why}", section.name);
    let with_slash = format!("/{text}");
    let meant = (!text.starts_with('/') && text.bytes().all(plain)).then_some(with_slash);
    let wanted = "a path of letters, digits and `/_-.~` that begins with `/`";
    Some(refusal(wanted, Checking(complaint), meant))
}

/// A socket or an address. That of the pool may be missing altogether, which is another rule's matter.
fn listen(section: &Pool, entry: &Entry, name: &str) -> Option<Refusal> {
    let text = entry.read();
    if text.is_empty() {
        let complaint = format!("[pool {}_status] no listen address have been defined!", section.name);
        return (name != "listen").then(|| refusal(LISTEN, Checking(complaint), None));
    }
    if text.contains('$') || value::fpm_listen(text).is_ok() {
        return None;
    }
    let port = text.rsplit_once(':').map_or(text, |(_, port)| port);
    let digits = port.find(|c: char| !c.is_ascii_digit()).unwrap_or(port.len());
    let complaint = match port[..digits].parse::<u16>() {
        Ok(1..) if digits < port.len() => "getaddrinfo: Servname not supported for ai_socktype".to_owned(),
        Ok(1..) => "getaddrinfo: Name or service not known".to_owned(),
        _ => format!("invalid port value '{port}'"),
    };
    let bare = ["unix://", "unix:", "tcp://", "fcgi://", "http://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    let meant = bare.filter(|bare| value::fpm_listen(bare).is_ok()).map(str::to_owned);
    Some(refusal(LISTEN, Starting(complaint), meant))
}

/// `$pool` where there is none.
fn pool_in_global(global: bool, entry: &Entry, takes: FpmType) -> Option<Refusal> {
    let is_text = matches!(takes, FpmType::Text | FpmType::Filled);
    let complaint = unparsed(entry, "Can't use '$pool' when the pool is not defined");
    let found = global && is_text && entry.value.contains("$pool");
    found.then(|| refusal("no `$pool` in [global]", Reading(complaint), None))
}

fn is_flag(entry: &Entry) -> bool {
    value::fpm_bool(&entry.value, !entry.bare).is_ok()
}

/// The switch that was meant.
fn meant_flag(entry: &Entry) -> Option<String> {
    let words = ["yes", "true", "on", "no", "false", "off"];
    let others = [("enabled", "yes"), ("enable", "yes"), ("disabled", "no"), ("disable", "no")];
    let pairs = words.into_iter().map(|word| (word, word)).chain(others);
    let text = entry.read().trim();
    pairs.into_iter().find(|(word, _)| text.eq_ignore_ascii_case(word)).map(|(_, meant)| meant.to_owned())
}
