//! Does PHP-FPM start with what its pools say?

pub(super) mod backlog_too_small;
pub(super) mod catch_workers_output_off;
pub(super) mod chdir_missing;
pub(super) mod children;
pub(super) mod children_default;
pub(super) mod duplicate_entry;
pub(super) mod hash_comment;
pub(super) mod invalid_value;
pub(super) mod listen_missing;
pub(super) mod listen_taken_for_path;
pub(super) mod listen_twice;
pub(super) mod memory_overcommit;
pub(super) mod no_pool;
pub(super) mod pm_constraints;
pub(super) mod process_max;
mod refusal;
pub(super) mod reload_kills_requests;
mod section;
pub(super) mod slowlog_above_terminate;
pub(super) mod slowlog_missing;
pub(super) mod unknown_entry;
pub(super) mod unknown_user;
pub(super) mod user_missing;
pub(super) mod user_root;

use std::collections::BTreeSet;

use super::target;
use crate::rule::Context;
use crate::source::Span;
use crate::stack::fpm::{Entry, Fpm, Pool};
use crate::vocabulary::{FpmType, fpm_word};

/// What becomes of requests while FPM does not start, as the end of a sentence.
fn outage(context: &Context<'_>, fpm: &Fpm) -> String {
    let callers = fpm.pools.iter().flat_map(|pool| context.stack.callers(context.files, pool));
    let statuses: BTreeSet<u16> = callers.map(|caller| target::status(caller.hop)).collect();
    match statuses.iter().copied().collect::<Vec<_>>().as_slice() {
        [] => "PHP-FPM does not start".to_owned(),
        [status] => format!("PHP-FPM does not start, and every request for PHP answers {status}"),
        _ => "PHP-FPM does not start, and every request for PHP answers 502 from nginx and 503 from Apache"
            .to_owned(),
    }
}

/// `[/etc/php/8.2/fpm/pool.d/www.conf:7]`: how FPM names a line in its log.
fn log_place(context: &Context<'_>, span: Span) -> String {
    let file = context.files.file(context.sources.file_id(span));
    let path = file.path.strip_prefix(&context.files.root).unwrap_or(&file.path);
    let line = context.sources.file(file.id).place(span.lo).line;
    format!("[/{}:{line}]", path.display().to_string().trim_start_matches('/'))
}

/// `[global]` and the pools of FPM, and whether it is the former.
fn sections(fpm: &Fpm) -> impl Iterator<Item = (&Pool, bool)> {
    let global = fpm.global.iter().map(|section| (section, true));
    global.chain(fpm.pools.iter().map(|pool| (pool, false)))
}

/// The settings FPM knows in all its sections, with what they take.
fn settings(fpm: &Fpm) -> impl Iterator<Item = (&Entry, &'static str, FpmType)> {
    let entries = sections(fpm).flat_map(|(section, global)| {
        section.entries.iter().filter(|entry| entry.sub.is_none()).map(move |entry| (entry, global))
    });
    entries.filter_map(|(entry, global)| {
        let word = fpm_word(&entry.key, global)?;
        Some((entry, word.name, word.takes))
    })
}

/// Whether FPM gets another value than the one that is written: it is put together while FPM starts, from
/// the environment, a constant or a calculation, or a syntax error is in the way.
fn is_computed(entry: &Entry) -> bool {
    let text = entry.value.as_str();
    let is_constant = || {
        let letters = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        text.contains('_') && text.starts_with(|c: char| c.is_ascii_uppercase()) && text.bytes().all(letters)
    };
    let calculated = || entry.bare && (text.contains(['|', '&', '^', '~', '!', '(', ')']) || is_constant());
    entry.broken || text.contains("${") || calculated()
}

/// A time as people write it, in seconds: `500ms`, `1.5m`, `1h30m`, `2 hours`.
fn meant_seconds(text: &str) -> Option<f64> {
    let mut rest = text.trim();
    let mut total = 0.0;
    while !rest.is_empty() {
        let unit = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, behind) = rest.split_at(unit);
        let behind = behind.trim_start();
        let next = behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len());
        let scale = match behind[..next].to_ascii_lowercase().as_str() {
            "ms" | "msec" | "msecs" => 0.001,
            "" | "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
            "d" | "day" | "days" => 86_400.0,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * scale;
        rest = behind[next..].trim_start();
    }
    (total > 0.0).then_some(total)
}

/// Whole seconds as FPM takes them, rounded up, as 0 turns most limits off.
fn time_text(seconds: f64) -> Option<String> {
    let whole = seconds.ceil();
    (whole <= f64::from(i32::MAX)).then(|| match whole {
        minutes if minutes >= 120.0 && minutes % 60.0 == 0.0 => format!("{}m", minutes / 60.0),
        seconds => format!("{seconds}s"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_what_people_mean() {
        let text = |text| meant_seconds(text).and_then(time_text);
        assert_eq!(text("500ms").as_deref(), Some("1s"));
        assert_eq!(text("1.5m").as_deref(), Some("90s"));
        assert_eq!(text("5 minutes").as_deref(), Some("5m"));
        assert_eq!(text("1h30m").as_deref(), Some("90m"));
        assert_eq!(text("5x"), None);
        assert_eq!(text("soon"), None);
        assert_eq!(text(""), None);
    }
}
