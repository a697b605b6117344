//! What a kind takes, in words.

use super::{Kind, Unit};

impl Kind {
    /// What nginx takes, as a sentence goes on behind "which takes".
    pub fn describe(self) -> String {
        match self {
            Self::Text => "any text".to_owned(),
            Self::Switch | Self::OnOff => "`on` or `off`".to_owned(),
            Self::Amount(unit, least, most) => amount(unit, least, most),
            Self::Words(list) | Self::Exact(list) | Self::Parameter(list) => choice(list),
            Self::Expires => {
                "seconds or a whole number of `s`, `m`, `h` or `d`, `epoch`, `max` or `off`".to_owned()
            }
            Self::Overwrite => "`=` and a status".to_owned(),
            Self::Levels => "`1` or `2`, up to three times, such as `1:2`".to_owned(),
            Self::Zone(pages) => {
                format!("a name and a size of at least {}k, such as `one:10m`", pages * 4)
            }
            Self::Shared => {
                "`shared:`, a name and a size of at least 32k, such as `shared:SSL:10m`".to_owned()
            }
            Self::Session => {
                "`off`, `none`, `builtin`, or `shared:`, a name and a size of at least 32k, such as \
                 `shared:SSL:10m`"
                    .to_owned()
            }
            Self::ErrorCode => "a status from 300 to 599, but not 499".to_owned(),
            Self::Rate => "a whole number of requests in a second or a minute, such as `10r/s`".to_owned(),
            Self::KeepAlive => {
                "`on`, `off`, or idle time, interval and count, such as `30m:10s:9`".to_owned()
            }
            Self::Processors => "ones and zeros, one for each processor".to_owned(),
            Self::Signed => "a whole number".to_owned(),
            Self::Rights => "`user:`, `group:` or `all:` with `r` or `rw`".to_owned(),
            Self::Network => "an address such as `10.0.0.1` or `10.0.0.0/8`".to_owned(),
            Self::NetworkOrHost => "an address such as `10.0.0.1` or `10.0.0.0/8`, or a host".to_owned(),
            Self::Listen => {
                "a port such as `80`, or an address such as `127.0.0.1:80` or `[::]:80`".to_owned()
            }
            Self::Server => "a host such as `10.0.0.1` or `10.0.0.1:8080`, or `unix:` and a path".to_owned(),
            Self::ServerPort => "a host and a port such as `10.0.0.1:8080`, or `unix:` and a path".to_owned(),
            Self::Bind => "an address such as `10.0.0.1`".to_owned(),
            Self::ServerName => "names such as `example.com`, `*.example.com` or `.example.com`".to_owned(),
        }
    }
}

fn amount(unit: Unit, least: u64, most: u64) -> String {
    match unit {
        Unit::Number if most < u64::MAX => format!("a whole number from {least} to {most}"),
        Unit::Number if least > 0 => "a whole number above 0".to_owned(),
        Unit::Number => "a whole number".to_owned(),
        Unit::Size if least == 1 => "more than no bytes, or a whole number of `k` or `m`".to_owned(),
        Unit::Size if least > 1 => format!("at least {least} bytes, or a whole number of `k` or `m`"),
        Unit::Size => "bytes, or a whole number of `k` or `m`".to_owned(),
        Unit::Offset => "bytes, or a whole number of `k`, `m` or `g`".to_owned(),
        Unit::Milliseconds if least > 0 => {
            "more than no seconds, or a whole number of `ms`, `s`, `m`, `h` or `d`".to_owned()
        }
        Unit::Milliseconds => "seconds or a whole number of `ms`, `s`, `m`, `h` or `d`".to_owned(),
        Unit::Seconds => "seconds or a whole number of `s`, `m`, `h` or `d`".to_owned(),
    }
}

/// `a`, `b` or `c`.
fn choice(list: &str) -> String {
    let words: Vec<_> = list.split('/').filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => format!("`{one}`"),
        [first @ .., end] => {
            let first: Vec<_> = first.iter().map(|word| format!("`{word}`")).collect();
            format!("{} or `{end}`", first.join(", "))
        }
    }
}
