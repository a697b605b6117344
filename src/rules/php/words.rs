//! Words of php.ini that PHP does not know.

use super::Set;
use super::reading::Misread;
use crate::spelling::closest;
use crate::value;
use crate::vocabulary::{PhpType, PhpWord, timezones};

const ON: &[&str] = &["on", "yes", "true"];
const OFF: &[&str] = &["off", "no", "false", "none", "null"];

/// Whether PHP reads a text as a switch, as it is meant.
pub(super) fn is_switch(text: &str) -> bool {
    let known = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    let number = text.strip_prefix(['-', '+']).unwrap_or(text);
    text.is_empty() || known(ON) || known(OFF) || number.bytes().all(|byte| byte.is_ascii_digit())
}

/// A word that is no switch, which PHP takes for off.
pub(super) fn flag(set: &Set, word: &PhpWord) -> Option<Misread> {
    let text = set.read().trim();
    let display = word.takes == PhpType::Display
        && ["stdout", "stderr"].iter().any(|known| text.eq_ignore_ascii_case(known));
    // Words that mean off are off, whatever they are.
    let off = ["disable", "disabled", "n", "f", "inactive"];
    let means_off = off.iter().any(|known| text.eq_ignore_ascii_case(known))
        || closest(text, OFF.iter().copied()).is_some();
    if is_switch(text) || display || means_off || value::php_bool(text) {
        return None;
    }
    let on = ["enable", "enabled", "y", "t", "active", "ok", "onn", "o"];
    let means_on = on.iter().any(|known| text.eq_ignore_ascii_case(known))
        || closest(text, ON.iter().copied()).is_some();
    let message = format!("PHP takes `{}` of `{}` for off", set.value, set.key);
    let known =
        if word.takes == PhpType::Display { "`On`, `Off`, `stdout` or `stderr`" } else { "`On` or `Off`" };
    let misread = Misread::new(message, "this is no switch").help(format!("write {known}"));
    Some(if means_on { misread.meant(Some("On".to_owned())) } else { misread })
}

/// The constants of error levels.
const LEVELS: &[&str] = &[
    "E_ALL",
    "E_COMPILE_ERROR",
    "E_COMPILE_WARNING",
    "E_CORE_ERROR",
    "E_CORE_WARNING",
    "E_DEPRECATED",
    "E_ERROR",
    "E_NOTICE",
    "E_PARSE",
    "E_RECOVERABLE_ERROR",
    "E_STRICT",
    "E_USER_DEPRECATED",
    "E_USER_ERROR",
    "E_USER_NOTICE",
    "E_USER_WARNING",
    "E_WARNING",
];

/// `error_reporting`: a name that is no constant is 0, and so is every name within quotes.
pub(super) fn errors(set: &Set) -> Option<Misread> {
    if !set.bare {
        let names = set.value.contains("E_");
        let message = format!("PHP takes `\"{}\"` for 0, and reports no errors at all", set.value);
        return names.then(|| {
            Misread::new(message, "within quotes this is no constant but a text")
                .help(format!("write `{} = {}`, without quotes", set.key, set.value))
        });
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut names =
        set.value.split(|c: char| !is_name(c)).filter(|name| name.to_ascii_uppercase().starts_with("E_"));
    let unknown = names.find(|name| !LEVELS.contains(name))?;
    let alone = set.value.trim() == unknown;
    let effect = if alone { ", and reports no errors at all" } else { "" };
    let message = format!("PHP knows no constant `{unknown}` and takes it for 0{effect}");
    let meant = closest(unknown, LEVELS.iter().copied()).map(|name| set.value.replace(unknown, name));
    Some(Misread::new(message, "no level of errors has this name").meant(meant))
}

/// `date.timezone`. Zones that came later are not known here, and only a name close to one that is, or no name at all,
/// is reported.
pub(super) fn timezone(set: &Set) -> Option<Misread> {
    let text = set.read();
    if text.is_empty() || timezones().any(|zone| zone.eq_ignore_ascii_case(text)) {
        return None;
    }
    let meant = closest(text, timezones());
    let is_name = text.contains('/') && !text.contains([' ', ':']);
    if meant.is_none() && is_name {
        return None;
    }
    let message = format!("PHP knows no time zone `{}` and keeps UTC", set.value);
    let logs = format!("PHP logs: Invalid date.timezone value '{text}', using 'UTC' instead");
    let misread = Misread::new(message, "no time zone has this name").logged(set, logs);
    Some(match meant {
        Some(zone) => misread.meant(Some(zone.to_owned())),
        None => misread.help("write the name of a region and a city, as in `Europe/Berlin`"),
    })
}

/// `opcache.jit`: a word, or the four digits of how it compiles.
pub(super) fn jit(set: &Set, word: &PhpWord) -> Option<Misread> {
    let words = ["disable", "off", "on", "tracing", "function", "no", "yes", "true", "false", ""];
    let text = set.read();
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits && text.parse::<u32>().is_ok_and(is_jit)
        || words.iter().any(|known| text.eq_ignore_ascii_case(known))
    {
        return None;
    }
    let message =
        format!("PHP refuses `{}` for `opcache.jit` and keeps {} (default)", set.value, word.default);
    let label = "taken are `disable`, `off`, `on`, `tracing`, `function`, or four digits";
    Some(Misread::new(message, label).meant(closest(text, words[..5].iter().copied()).map(str::to_owned)))
}

/// CPU, registers, trigger, level.
fn is_jit(number: u32) -> bool {
    let digit = |place: u32| number / place % 10;
    number < 2000 && digit(100) <= 2 && digit(10) <= 5 && digit(1) <= 5
}

/// One of the words PHP or the browser knows.
pub(super) fn one_of(set: &Set, word: &PhpWord, known: &'static str) -> Option<Misread> {
    let samesite = word.name == "session.cookie_samesite";
    if samesite && set.value.eq_ignore_ascii_case("none") && set.bare {
        let message = "PHP takes the bare word `None` for nothing: the cookie is sent without `SameSite`";
        return Some(
            Misread::new(message.to_owned(), "`none` is a word for off").meant(Some("\"None\"".to_owned())),
        );
    }
    let text = set.read();
    let same = |word: &str| if samesite { word.eq_ignore_ascii_case(text) } else { word == text };
    if text.is_empty() || known.split('/').any(same) {
        return None;
    }
    let message = if samesite {
        format!("PHP sends `SameSite={text}`, which browsers do not know")
    } else {
        format!("PHP refuses `{text}` for `{}` and keeps {} (default)", set.key, word.default)
    };
    let words: Vec<String> = known.split('/').map(|word| format!("`{word}`")).collect();
    let misread = Misread::new(message, "no such word").help(format!("write one of {}", words.join(", ")));
    Some(misread.meant(closest(text, known.split('/')).map(str::to_owned)))
}

/// One of the words PHP or an extension knows: only what is close to one is a mistake.
pub(super) fn open(set: &Set, known: &'static str) -> Option<Misread> {
    let text = set.read();
    let text = text.strip_prefix("LOG_").unwrap_or(text);
    if known.split('/').any(|word| word.eq_ignore_ascii_case(text)) {
        return None;
    }
    let meant = closest(text, known.split('/'))?;
    let message = format!("PHP knows no `{text}` for `{}`", set.key);
    Some(Misread::new(message, "no such word").meant(Some(meant.to_owned())))
}
