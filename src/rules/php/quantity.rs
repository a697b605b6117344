//! Numbers of php.ini that are not what they look like.

use super::reading::Misread;
use super::{Set, meant_size};
use crate::value::{self, QuantityFault, bytes_text};
use crate::vocabulary::{PhpType, PhpWord};

/// PHP does not go below the memory it has when it starts.
const LEAST_MEMORY: i64 = 2 << 20;

/// A number with a multiplier, as PHP 8.2 and later read it.
pub(super) fn of(set: &Set, word: &PhpWord) -> Option<Misread> {
    let text = set.read();
    let quantity = value::php_quantity(text);
    // `64MB` is the matter of body/php-size-suffix.
    if word.takes == PhpType::Bytes && quantity.fault.is_some() && meant_size(text).is_some() {
        return None;
    }
    match quantity.fault {
        Some(fault) => Some(faulty(set, word, quantity.value, fault)),
        None if quantity.base == 8 => octal(set, word, quantity.value),
        None if word.takes == PhpType::Seconds => seconds(set, quantity.value),
        None => too_small(set, quantity.value),
    }
}

fn faulty(set: &Set, word: &PhpWord, value: i64, fault: QuantityFault) -> Misread {
    let (text, key) = (&set.value, &set.key);
    let (why, logged) = match fault {
        QuantityFault::NoDigits => {
            ("there is no number to begin with", ": no valid leading digits".to_owned())
        }
        QuantityFault::BadPrefix => {
            ("`0` and a letter begin no number", ": no valid leading digits".to_owned())
        }
        QuantityFault::UnknownMultiplier(unit) => {
            ("only the number in front counts", format!(": unknown multiplier \"{unit}\""))
        }
        QuantityFault::Ignored => ("what stands between the number and its unit is dropped", String::new()),
        QuantityFault::OutOfRange => {
            ("too large a number wraps around", ": value is out of range".to_owned())
        }
    };
    let shown = shown(word, value);
    let effect = if keeps_memory(set, value) { ", refuses that, and keeps the limit it had" } else { "" };
    let message = format!("PHP takes `{text}` of `{key}` for {shown}{effect}");
    let mut misread = Misread::new(message, why)
        .logged(
            set,
            format!("PHP 8.2 and later log: Invalid \"{key}\" setting. Invalid quantity \"{text}\"{logged}"),
        )
        .meant(meant(text, word));
    misread.harmless = word.takes == PhpType::Seconds
        && matches!(fault, QuantityFault::UnknownMultiplier('s'))
        || matches!(fault, QuantityFault::UnknownMultiplier('b' | 'B'));
    misread
}

/// `0512M`.
fn octal(set: &Set, word: &PhpWord, value: i64) -> Option<Misread> {
    let meant = set.value.trim_start_matches('0');
    if value::php_quantity(meant).value == value {
        return None;
    }
    let message = format!("PHP takes `{}` of `{}` for {}", set.value, set.key, shown(word, value));
    Some(Misread::new(message, "a number that begins with `0` is octal").meant(Some(meant.to_owned())))
}

/// `5m`, which is no five minutes.
fn seconds(set: &Set, value: i64) -> Option<Misread> {
    let unit = set.value.trim_end().chars().next_back().filter(char::is_ascii_alphabetic)?;
    let number = set.value.trim().trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim_end();
    let message = format!("PHP takes `{}` of `{}` for {value} seconds", set.value, set.key);
    let meant =
        number.parse::<i64>().ok().filter(|_| unit.eq_ignore_ascii_case(&'m')).map(|minutes| minutes * 60);
    let label = format!("`{unit}` is a multiplier of sizes, not a unit of time");
    Some(Misread::new(message, label).meant(meant.map(|seconds| seconds.to_string())))
}

/// `memory_limit = 512`, `upload_max_filesize = 64`.
fn too_small(set: &Set, value: i64) -> Option<Misread> {
    let text = set.read().trim();
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let meant = (plain && (1..=65_536).contains(&value)).then(|| format!("{text}M"));
    if keeps_memory(set, value) {
        let bytes = bytes_of(value);
        let message = format!(
            "PHP takes `{}` of `memory_limit` for {bytes}, which it refuses: it keeps the limit it had",
            set.value
        );
        let logs = format!("PHP logs: Failed to set memory limit to {value} bytes");
        let misread = Misread::new(message, "128M where no other limit is set").logged(set, logs);
        return Some(if value == 0 { misread.help("write `-1` for no limit") } else { misread.meant(meant) });
    }
    let sizes = ["post_max_size", "upload_max_filesize"];
    if sizes.contains(&set.key.as_str()) && plain && (1..1024).contains(&value) {
        let message = format!("PHP takes `{}` of `{}` for {}", set.value, set.key, bytes_of(value));
        return Some(Misread::new(message, "a number without a unit is one of bytes").meant(meant));
    }
    None
}

/// Whether this is a limit of memory that PHP does not go down to.
fn keeps_memory(set: &Set, value: i64) -> bool {
    set.key == "memory_limit" && value < LEAST_MEMORY && value != -1
}

/// `max_execution_time`: the number in front counts.
pub(super) fn timeout(set: &Set) -> Option<Misread> {
    let text = set.read();
    let reading = value::php_int(text);
    let rest =
        text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-' || c == '+' || c.is_whitespace());
    if text.is_empty() || reading.whole || text.starts_with("0x") {
        return None;
    }
    let shown =
        if reading.value == 0 { "0, no limit".to_owned() } else { format!("{} seconds", reading.value) };
    let message = format!("PHP takes `{}` of `{}` for {shown}", set.value, set.key);
    let scale = match rest.trim().to_ascii_lowercase().as_str() {
        "s" | "sec" | "seconds" => 1,
        "m" | "min" | "minutes" => 60,
        "h" | "hours" => 3600,
        _ => 0,
    };
    let meant = (scale > 0).then(|| (reading.value * scale).to_string());
    let mut misread = Misread::new(message, "only the number in front counts").meant(meant);
    misread.harmless = scale == 1;
    Some(misread)
}

/// A number of which PHP reads the digits in front, and which it refuses outside of a range.
pub(super) fn ranged(set: &Set, word: &PhpWord, least: i64, most: i64) -> Option<Misread> {
    let reading = value::php_int(set.read());
    if (least..=most).contains(&reading.value) {
        return None;
    }
    let message =
        format!("PHP refuses `{}` for `{}` and keeps {} (default)", set.value, set.key, word.default);
    let mut misread = Misread::new(message, format!("taken are {least} to {most}"));
    if set.key.starts_with("session.") {
        let logs =
            format!("PHP logs: session.configuration \"{}\" must be between {least} and {most}", set.key);
        misread = misread.logged(set, logs);
    }
    let thousands =
        set.value.trim_end().strip_suffix(['k', 'K']).and_then(|number| number.parse::<i64>().ok());
    let meant = thousands.map(|number| number * 1000).filter(|number| (least..=most).contains(number));
    Some(misread.meant(meant.map(|number| number.to_string())))
}

/// `opcache.memory_consumption`, which is counted in megabytes whatever stands behind the number.
pub(super) fn megabytes(set: &Set, word: &PhpWord, least: i64) -> Option<Misread> {
    let number = value::php_int(set.read()).value;
    let rest = set.read().trim().trim_start_matches(|c: char| c.is_ascii_digit()).trim();
    if number >= least && (number < 1 << 20) && !rest.starts_with(['g', 'G', 'k', 'K']) {
        return None;
    }
    let gigabytes = rest.starts_with(['g', 'G']).then(|| (number * 1024).to_string());
    let message = if number < least {
        format!("PHP refuses `{}` for `{}` and keeps {} (default)", set.value, set.key, word.default)
    } else {
        format!("PHP takes `{}` of `{}` for {number} megabytes", set.value, set.key)
    };
    Some(Misread::new(message, "this is a number of megabytes").meant(gigabytes))
}

/// A value with what it counts.
fn shown(word: &PhpWord, value: i64) -> String {
    match word.takes {
        PhpType::Bytes | PhpType::FlagOrBytes => bytes_of(value),
        PhpType::Seconds => format!("{value} seconds"),
        _ => value.to_string(),
    }
}

fn bytes_of(value: i64) -> String {
    match u64::try_from(value) {
        Ok(1) => "1 byte".to_owned(),
        Ok(bytes) if bytes >= 1 << 20 => bytes_text(bytes),
        _ => format!("{value} bytes"),
    }
}

/// What was meant by `1_000`, `1.5G`, `10min` and `unlimited`.
fn meant(text: &str, word: &PhpWord) -> Option<String> {
    let text = text.trim().trim_end_matches(';').trim_end();
    if word.name == "memory_limit"
        && ["unlimited", "none", "infinite"].contains(&text.to_ascii_lowercase().as_str())
    {
        return Some("-1".to_owned());
    }
    let joined: String = text.chars().filter(|c| !matches!(c, '_' | ',' | ' ')).collect();
    let quantity = value::php_quantity(&joined);
    if quantity.fault.is_none() && !joined.contains('.') {
        return Some(joined);
    }
    if word.takes == PhpType::Seconds {
        return in_seconds(&joined);
    }
    let (number, unit) = joined.split_at(joined.find(|c: char| c.is_ascii_alphabetic())?);
    let (whole, fraction) = number.split_once('.')?;
    let (whole, tenths) =
        (whole.parse::<i64>().ok()?, fraction.parse::<i64>().ok().filter(|_| fraction.len() == 1)?);
    let smaller = match unit {
        "G" | "g" | "GB" => "M",
        "M" | "m" | "MB" => "K",
        _ => return None,
    };
    whole.checked_mul(1024)?.checked_add(tenths * 1024 / 10).map(|amount| format!("{amount}{smaller}"))
}

fn in_seconds(text: &str) -> Option<String> {
    let (number, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic())?);
    let scale = match unit.to_ascii_lowercase().as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => 1,
        "min" | "mins" | "minute" | "minutes" => 60,
        "h" | "hour" | "hours" => 3600,
        "d" | "day" | "days" => 86_400,
        _ => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(scale).map(|seconds| seconds.to_string())
}
