//! Which texts nginx takes for a kind.

use super::{Kind, Unit};
use crate::value::{self, BadAddress, Refused, Resolution};

/// What a page of memory has everywhere, or less than it has.
const PAGE: u64 = 4096;

impl Unit {
    /// The amount a text says, as nginx reads it.
    pub fn read(self, text: &str) -> Result<u64, Refused> {
        match self {
            Self::Number => value::nginx_number(text),
            Self::Size => value::nginx_size(text),
            Self::Offset => value::nginx_offset(text),
            Self::Milliseconds => value::nginx_time(text, Resolution::Milliseconds),
            Self::Seconds => value::nginx_time(text, Resolution::Seconds),
        }
    }
}

impl Kind {
    /// Whether nginx takes the text.
    pub fn takes(self, text: &str) -> bool {
        match self {
            Self::Text => true,
            Self::Switch => value::nginx_flag(text).is_ok(),
            Self::OnOff => matches!(text, "on" | "off"),
            Self::Amount(unit, least, most) => {
                unit.read(text).is_ok_and(|amount| (least..=most).contains(&amount))
            }
            Self::Words(list) => list.split('/').any(|word| word.eq_ignore_ascii_case(text)),
            Self::Exact(list) | Self::Parameter(list) => list.split('/').any(|word| word == text),
            Self::Expires => expires(text),
            Self::Overwrite => overwrite(text),
            Self::Levels => levels(text),
            Self::Zone(pages) => named_size(text, pages),
            Self::Shared => text.strip_prefix("shared:").is_some_and(|rest| named_size(rest, 8)),
            Self::Session => session(text),
            Self::ErrorCode => {
                value::nginx_number(text).is_ok_and(|code| (300..=599).contains(&code) && code != 499)
            }
            Self::Rate => rate(text),
            Self::KeepAlive => keepalive(text),
            Self::Processors => text.chars().all(|c| matches!(c, '0' | '1' | ' ')),
            Self::Signed => is_number(text.strip_prefix(['+', '-']).unwrap_or(text)),
            Self::Rights => rights(text),
            Self::Network => value::nginx_network(text).is_ok(),
            Self::NetworkOrHost => value::nginx_network(text).is_ok() || value::nginx_server(text).is_ok(),
            Self::Listen => value::nginx_listen(text).is_ok(),
            Self::Server => value::nginx_server(text).is_ok(),
            Self::ServerPort => value::nginx_server_port(text).is_ok(),
            Self::Bind => value::nginx_bind(text).is_ok(),
            Self::ServerName => server_name(text),
        }
    }

    /// Whether it is a number that is read but out of the bounds.
    pub fn is_out_of_bounds(self, text: &str) -> bool {
        match self {
            Self::Amount(unit, ..) => unit.read(text).is_ok() && !self.takes(text),
            Self::ErrorCode => text != "499" && is_number(text) && !self.takes(text),
            Self::Zone(_) => named_size(text, 0) && !self.takes(text),
            Self::Shared | Self::Session => {
                text.strip_prefix("shared:").is_some_and(|rest| named_size(rest, 0)) && !self.takes(text)
            }
            _ => false,
        }
    }
}

impl Kind {
    /// What is wrong with an address.
    pub fn bad_address(self, text: &str) -> Option<BadAddress> {
        match self {
            Self::Listen => value::nginx_listen(text).err(),
            Self::Server => value::nginx_server(text).err(),
            Self::ServerPort => value::nginx_server_port(text).err(),
            _ => None,
        }
    }
}

fn is_number(text: &str) -> bool {
    value::nginx_number(text).is_ok()
}

/// `ngx_http_parse_expires`.
fn expires(text: &str) -> bool {
    let seconds = |text| value::nginx_time(text, Resolution::Seconds);
    if matches!(text, "epoch" | "max" | "off") {
        return true;
    }
    match text.strip_prefix('@') {
        Some(daily) => seconds(daily).is_ok_and(|millis| millis <= 86_400_000),
        None => seconds(text.strip_prefix(['+', '-']).unwrap_or(text)).is_ok(),
    }
}

fn overwrite(text: &str) -> bool {
    text.strip_prefix('=').is_some_and(|status| status.is_empty() || is_number(status))
}

/// Up to three levels of one or two letters.
fn levels(text: &str) -> bool {
    text.is_empty() || text.split(':').count() <= 3 && text.split(':').all(|level| matches!(level, "1" | "2"))
}

/// `one:10m`, as `keys_zone=` has it.
fn named_size(text: &str, pages: u64) -> bool {
    text.split_once(':').is_some_and(|(name, size)| {
        !name.is_empty() && value::nginx_size(size).is_ok_and(|size| size >= pages * PAGE)
    })
}

/// `ssl_session_cache`.
fn session(text: &str) -> bool {
    let builtin = text.strip_prefix("builtin:").is_some_and(is_number);
    builtin || matches!(text, "builtin" | "off" | "none") || Kind::Shared.takes(text)
}

fn rate(text: &str) -> bool {
    let number = text.strip_suffix("r/s").or_else(|| text.strip_suffix("r/m")).unwrap_or(text);
    value::nginx_number(number).is_ok_and(|rate| rate > 0)
}

/// `so_keepalive=`: how long idle, how long between the probes, and how many of them.
fn keepalive(text: &str) -> bool {
    if matches!(text, "on" | "off") {
        return true;
    }
    let mut parts = text.splitn(3, ':');
    let mut read = |number: bool| match parts.next() {
        None | Some("") => Ok(0),
        Some(count) if number => value::nginx_number(count),
        Some(time) => value::nginx_time(time, Resolution::Seconds),
    };
    match (read(false), read(false), read(true)) {
        (Ok(idle), Ok(between), Ok(count)) => idle + between + count > 0,
        _ => false,
    }
}

fn rights(text: &str) -> bool {
    let who = text.split_once(':').filter(|(who, _)| matches!(*who, "user" | "group" | "all"));
    who.is_some_and(|(_, rights)| matches!(rights, "r" | "rw"))
}

/// A star stands before a dot, and a dot before a name.
fn server_name(text: &str) -> bool {
    match text.as_bytes() {
        [b'*', rest @ ..] => rest.len() >= 2 && rest[0] == b'.',
        [b'.' | b'~'] => false,
        _ => true,
    }
}
