//! What was meant by a text that nginx does not take.

use super::{Kind, Unit};
use crate::spelling;

/// Units from the largest down: as nginx writes it, how much it is, and what people write.
type Units = &'static [(&'static str, u64, &'static [&'static str])];

const SIZES: Units = &[
    ("g", 1 << 30, &["g", "gb", "gib"]),
    ("m", 1 << 20, &["m", "mb", "mib", "meg", "megs", "mbyte", "mbytes"]),
    ("k", 1 << 10, &["k", "kb", "kib", "kbyte", "kbytes"]),
    ("", 1, &["", "b", "byte", "bytes"]),
];

const TIMES: Units = &[
    ("d", 86_400_000, &["d", "day", "days"]),
    ("h", 3_600_000, &["h", "hr", "hrs", "hour", "hours"]),
    ("m", 60_000, &["m", "min", "mins", "minute", "minutes"]),
    ("s", 1000, &["s", "sec", "secs", "second", "seconds", ""]),
    ("ms", 1, &["ms", "msec", "msecs", "millisecond", "milliseconds"]),
];

/// What people write for a switch.
const SWITCHES: &[(&str, &[&str])] = &[
    ("on", &["on", "yes", "true", "1", "enable", "enabled"]),
    ("off", &["off", "no", "false", "0", "disable", "disabled", "none"]),
];

impl Kind {
    /// What is meant by a text nginx does not take, as it takes it; `None` where that is not certain.
    pub fn mend(self, text: &str) -> Option<String> {
        let bare = text.trim_matches(['"', '\'', '“', '”', '‘', '’', '`', ' ']).trim_end_matches([',', ';']);
        if bare != text && !bare.is_empty() && self.takes(bare) {
            return Some(bare.to_owned());
        }
        match self {
            Self::Switch | Self::OnOff => switch(bare),
            Self::Amount(unit, ..) => unit.mend(bare).filter(|text| self.takes(text)),
            Self::Zone(_) | Self::Shared | Self::Session => {
                let (name, size) = bare.rsplit_once(':')?;
                let mended = format!("{name}:{}", Unit::Size.mend(size)?);
                self.takes(&mended).then_some(mended)
            }
            Self::Words(_) | Self::Exact(_) => {
                let named = |word: &&str| word.eq_ignore_ascii_case(bare);
                let meant = self.words().find(named).or_else(|| spelling::closest(bare, self.words()));
                meant.map(str::to_owned)
            }
            Self::Expires => {
                let (sign, time) = bare.split_at(bare.len() - bare.trim_start_matches(['+', '-', '@']).len());
                let mended = format!("{sign}{}", Unit::Seconds.mend(time)?);
                self.takes(&mended).then_some(mended)
            }
            Self::Rate => rate(bare),
            _ => None,
        }
    }
}

fn switch(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let meant = SWITCHES.iter().find(|(_, words)| words.contains(&text.as_str()));
    meant.map(|(word, _)| (*word).to_owned())
}

/// `10 r/s`, `10/s`, `10rps`, `600r/min`.
fn rate(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "r/s" | "/s" | "rs" | "rps" | "r/sec" | "r/second" | "req/s" | "reqs/s" | "requests/s" => "r/s",
        "r/m" | "/m" | "rm" | "rpm" | "r/min" | "r/minute" | "req/m" | "reqs/m" | "requests/m" => "r/m",
        _ => return None,
    };
    Some(format!("{number}{unit}")).filter(|text| Kind::Rate.takes(text))
}

impl Unit {
    /// What is meant by an amount nginx does not take, as it takes it: the same unit where nginx takes it and
    /// the number is whole, else a smaller one, else a larger.
    pub fn mend(self, text: &str) -> Option<String> {
        let units = match self {
            Self::Number => return None,
            Self::Size | Self::Offset => SIZES,
            Self::Milliseconds | Self::Seconds => TIMES,
        };
        let number = text.trim_start();
        let end = number.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(number.len());
        let (number, word) = number.split_at(end);
        let word = word.trim().to_ascii_lowercase();
        let at = units.iter().position(|(_, _, words)| words.contains(&word.as_str()))?;
        let (_, scale, _) = units[at];
        let amount = scaled(number, scale)?;
        let written =
            units[at..].iter().chain(units[..at].iter().rev()).filter(|(_, size, _)| amount % size == 0);
        let mut texts = written.map(|(unit, size, _)| format!("{}{unit}", amount / size));
        texts.find(|text| self.read(text).is_ok())
    }
}

/// `number`, which may have a fraction, times `scale`, where that is a whole number. `1,5` is one and a half, but
/// `1,500` may be that or fifteen hundred.
fn scaled(number: &str, scale: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
    if number.contains(',') && fraction.len() == 3 {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let parts = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let fraction: u64 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let rest = fraction.checked_mul(scale)?;
    let rest = (rest % parts == 0).then_some(rest / parts)?;
    whole.checked_mul(scale)?.checked_add(rest)
}
