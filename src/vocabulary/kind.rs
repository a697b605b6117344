//! What a word of an nginx directive is read as, and whether nginx takes it.

mod describe;
mod mend;
mod take;

/// Which rule speaks about a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// `on` or `off`.
    Switch,
    /// One of some words.
    Word,
    /// A number.
    Number,
    /// Bytes.
    Size,
    /// A time.
    Time,
    /// An address or a network.
    Address,
    /// A parameter that has to be known.
    Parameter,
    /// Anything goes.
    Text,
}

/// What an amount is counted in, which decides the units that may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Digits.
    Number,
    /// Digits, `k` or `m`.
    Size,
    /// Digits, `k`, `m` or `g`.
    Offset,
    /// A time of which milliseconds count.
    Milliseconds,
    /// A time in whole seconds.
    Seconds,
}

/// What a word is read as. Lists of words are divided by `/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Anything.
    Text,
    /// `on` or `off` in any case: a directive that is a switch.
    Switch,
    /// `on` or `off`, in small letters: a parameter that is one.
    OnOff,
    /// A number of a unit, from the least to the most that is taken.
    Amount(Unit, u64, u64),
    /// One of these words, in any case.
    Words(&'static str),
    /// One of these words, letter for letter.
    Exact(&'static str),
    /// One of these words, where what is none of them and no `key=` is no parameter of the directive.
    Parameter(&'static str),
    /// A time that `epoch`, `max`, `off`, a sign or an `@` may stand for or before.
    Expires,
    /// `=` and perhaps a status.
    Overwrite,
    /// Directories within directories: `1:2`.
    Levels,
    /// A name and a size of at least so many pages: `one:10m`.
    Zone(u64),
    /// `shared:`, a name and a size.
    Shared,
    /// As that, or `builtin:` and a number, `builtin`, `off` or `none`.
    Session,
    /// A status from 300 to 599, but not 499.
    ErrorCode,
    /// `10r/s`.
    Rate,
    /// `on`, `off`, or up to three numbers: `30s::10`.
    KeepAlive,
    /// Ones and zeros, one for each processor.
    Processors,
    /// A number with or without a sign.
    Signed,
    /// `user:rw`.
    Rights,
    /// An address with or without the bits that count.
    Network,
    /// As a network, or the name of a host.
    NetworkOrHost,
    /// Where a server listens.
    Listen,
    /// Where a server is called.
    Server,
    /// The same, with a port.
    ServerPort,
    /// An address to call from.
    Bind,
    /// The name of a server.
    ServerName,
}

impl Kind {
    /// Reads the name the tables have for it: `size`, `number:1-9`, `word:on/off`.
    pub(super) fn parse(text: &'static str) -> Option<Self> {
        let (name, detail) = text.split_once(':').unwrap_or((text, ""));
        let amount = |unit| {
            let (least, most) = detail.split_once('-').unwrap_or((detail, ""));
            Some(Self::Amount(unit, least.parse().unwrap_or(0), most.parse().unwrap_or(u64::MAX)))
        };
        Some(match name {
            "text" => Self::Text,
            "flag" => Self::Switch,
            "onoff" => Self::OnOff,
            "number" => return amount(Unit::Number),
            "size" | "complex-size" => return amount(Unit::Size),
            "offset" => return amount(Unit::Offset),
            "msec" => return amount(Unit::Milliseconds),
            "sec" => return amount(Unit::Seconds),
            "words" | "enum" | "bitmask" => Self::Words(detail),
            "word" => Self::Exact(detail),
            "parameter" => Self::Parameter(detail),
            "expires" => Self::Expires,
            "overwrite" => Self::Overwrite,
            "levels" => Self::Levels,
            "zone" => Self::Zone(detail.parse().unwrap_or(0)),
            "shared" => Self::Shared,
            "session" => Self::Session,
            "error-code" => Self::ErrorCode,
            "rate" => Self::Rate,
            "keepalive" => Self::KeepAlive,
            "processors" => Self::Processors,
            "signed" => Self::Signed,
            "access" => Self::Rights,
            "network" => Self::Network,
            "network-or-host" => Self::NetworkOrHost,
            "listen" => Self::Listen,
            "server" => Self::Server,
            "server-port" => Self::ServerPort,
            "bind" => Self::Bind,
            "server-name" => Self::ServerName,
            _ => return None,
        })
    }

    /// Which rule speaks about it.
    pub const fn class(self) -> Class {
        match self {
            Self::Text => Class::Text,
            Self::Switch | Self::OnOff => Class::Switch,
            Self::Amount(Unit::Size | Unit::Offset, ..) | Self::Zone(_) | Self::Shared | Self::Session => {
                Class::Size
            }
            Self::Amount(Unit::Milliseconds | Unit::Seconds, ..) | Self::Expires => Class::Time,
            Self::Words(_) | Self::Exact(_) | Self::Rights | Self::KeepAlive => Class::Word,
            Self::Parameter(_) => Class::Parameter,
            Self::Network
            | Self::NetworkOrHost
            | Self::Listen
            | Self::Server
            | Self::ServerPort
            | Self::Bind
            | Self::ServerName => Class::Address,
            Self::Amount(Unit::Number, ..)
            | Self::Overwrite
            | Self::Levels
            | Self::ErrorCode
            | Self::Rate
            | Self::Processors
            | Self::Signed => Class::Number,
        }
    }

    /// The words it is one of.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        let list = match self {
            Self::Words(list) | Self::Exact(list) | Self::Parameter(list) => list,
            Self::Switch | Self::OnOff => "on/off",
            _ => "",
        };
        list.split('/').filter(|word| !word.is_empty())
    }
}

#[cfg(test)]
mod tests;
