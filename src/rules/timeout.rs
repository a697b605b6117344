//! Who waits how long for whom: each gateway has to wait longer than what answers behind it may take.

pub(super) mod apache_proxy_below_fpm;
pub(super) mod body_read_total;
pub(super) mod client_too_short;
pub(super) mod connect_too_long;
pub(super) mod fcgid_below_php;
pub(super) mod fpm_kills_first;
pub(super) mod handler_ignores_worker;
pub(super) mod ladder;
pub(super) mod no_terminate_timeout;
pub(super) mod outer_gives_up_first;
pub(super) mod read_below_backend;
pub(super) mod read_below_service;
mod service;
pub(super) mod service_kills_first;
pub(super) mod socket_above_gateway;
pub(super) mod suffix_ignored;
pub(super) mod websocket_idle;

use crate::rule::Context;
use crate::source::Span;
use crate::stack::fpm::{Fpm, Pool};
use crate::stack::hop::Hop;
use crate::value;

/// How much longer than what is behind it a gateway waits after a repair, in seconds.
const MARGIN: i64 = 5;

/// How long a pool lets a request run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Limit {
    seconds: i64,
    /// The setting that says so.
    key: &'static str,
    /// Where it is set; `None` for PHP's default.
    span: Option<Span>,
}

impl Limit {
    /// `request_terminate_timeout = 300 s`, for labels and messages.
    fn words(&self) -> String {
        let default = if self.span.is_none() { " (default)" } else { "" };
        format!("{} is {} s{default}", self.key, self.seconds)
    }

    /// The limit of a pool for requests that come through `hop`: FPM's, else PHP's own; `None` when there is none
    /// or it is not known.
    fn of(context: &Context<'_>, hop: Option<&Hop>, fpm: &Fpm, pool: &Pool) -> Option<Self> {
        match Self::of_fpm(pool) {
            Some(limit) if limit.seconds > 0 => Some(limit),
            None if pool.get(TERMINATE).is_some() => None,
            _ => Self::of_php(context, hop, fpm, pool),
        }
    }

    /// `request_terminate_timeout`, when it is set and FPM reads what is written.
    fn of_fpm(pool: &Pool) -> Option<Self> {
        let entry = pool.get(TERMINATE)?;
        let reading = value::fpm_time(&entry.value).ok().filter(|reading| reading.whole)?;
        Some(Self { seconds: i64::from(reading.value), key: TERMINATE, span: Some(entry.span) })
    }

    /// `max_execution_time`, when it is known and not 0.
    fn of_php(context: &Context<'_>, hop: Option<&Hop>, fpm: &Fpm, pool: &Pool) -> Option<Self> {
        let setting = context.stack.php_setting(context.files, hop, fpm, pool, EXECUTION, "30")?;
        let reading = value::php_int(&setting.value);
        let limit = Self { seconds: reading.value, key: EXECUTION, span: setting.span };
        (reading.whole && reading.value > 0).then_some(limit)
    }
}

/// The pool's own limit: FPM ends the child that runs the request.
const TERMINATE: &str = "request_terminate_timeout";

/// PHP's limit. On Linux it counts the time a script computes, not the time it waits.
const EXECUTION: &str = "max_execution_time";

/// Seconds `atoi()` makes of a text, when that is what it says: `300`, or `300s` by luck.
fn apache_seconds(text: &str) -> Option<i64> {
    let reading = value::apache_int(text);
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let read = reading.whole
        || matches!(unit.to_ascii_lowercase().as_str(), "s" | "sec" | "secs" | "second" | "seconds");
    (read && reading.value > 0).then_some(i64::from(reading.value))
}

/// The argument of an edit in the quotes the old one had.
pub(super) fn quoted_like(context: &Context<'_>, span: Span, text: &str) -> String {
    match context.sources.text(span).chars().next() {
        Some(quote @ ('"' | '\'')) => format!("{quote}{text}{quote}"),
        _ => text.to_owned(),
    }
}
