//! Blocks of nginx that hold data: `map`, `geo`, `split_clients`, `charset_map`. Each has lines of its own kind.

use std::borrow::Cow;

use crate::value;

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadLine {
    /// It has more or fewer words than a line has.
    Count,
    /// Its first word is not read.
    Key,
    /// What stands behind its first word is not read.
    Value,
    /// `ranges` stands behind other lines.
    Late,
    /// With it the parts are more than all.
    Sum,
}

/// Which block, and what its lines so far say about the next.
#[derive(Debug, Clone, Copy)]
pub enum Table {
    /// `map`.
    Map,
    /// `geo`: whether it has ranges, and whether a network has been read.
    Geo(bool, bool),
    /// `split_clients`: the parts so far, in hundredths of a percent.
    Split(u64),
    /// `charset_map`.
    Charset,
}

impl Table {
    /// The table a block holds.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "map" => Some(Self::Map),
            "geo" => Some(Self::Geo(false, false)),
            "split_clients" => Some(Self::Split(0)),
            "charset_map" => Some(Self::Charset),
            _ => None,
        }
    }

    /// Reads the next line, and says what is wrong with it.
    pub fn read(&mut self, key: &str, values: &[Cow<'_, str>]) -> Option<BadLine> {
        if key == "include" {
            return None;
        }
        match self {
            Self::Map => {
                let alone = matches!(key, "hostnames" | "volatile");
                (values.len() != 1 && !(alone && values.is_empty())).then_some(BadLine::Count)
            }
            Self::Charset if values.len() != 1 => Some(BadLine::Count),
            Self::Charset if !is_byte(key) => Some(BadLine::Key),
            Self::Charset => (!is_hex(values.first()?)).then_some(BadLine::Value),
            Self::Geo(ranges, networks) => match (key, values) {
                ("ranges", []) if *networks => Some(BadLine::Late),
                ("ranges", []) => {
                    *ranges = true;
                    None
                }
                ("proxy_recursive" | "volatile", []) => None,
                ("proxy", [network]) => (!is_network(network)).then_some(BadLine::Value),
                ("delete", [key]) => (!is_geo_key(key, *ranges)).then_some(BadLine::Value),
                (_, [_]) => {
                    *networks = true;
                    (key != "default" && !is_geo_key(key, *ranges)).then_some(BadLine::Key)
                }
                _ => Some(BadLine::Count),
            },
            Self::Split(sum) => {
                if key == "*" {
                    return None;
                }
                let Some(part) = hundredths(key) else { return Some(BadLine::Key) };
                let before = *sum;
                *sum += part;
                (before <= 10_000 && *sum > 10_000).then_some(BadLine::Sum)
            }
        }
    }

    /// The line nginx logs.
    pub fn logged(&self, bad: BadLine, text: &str) -> String {
        match (self, bad) {
            (_, BadLine::Sum) => "percent total is greater than 100%".to_owned(),
            (_, BadLine::Late) => {
                "the \"ranges\" directive must be the first directive inside \"geo\" block".to_owned()
            }
            (Self::Map, _) => "invalid number of the map parameters".to_owned(),
            (Self::Geo(..), BadLine::Count) => "invalid number of the geo parameters".to_owned(),
            (Self::Geo(true, _), _) => format!("invalid range \"{text}\""),
            (Self::Geo(..), _) => format!("invalid network \"{text}\""),
            (Self::Split(_), _) => format!("invalid percent value \"{text}\""),
            (Self::Charset, BadLine::Count) => "invalid parameters number".to_owned(),
            (Self::Charset, _) => format!("invalid value \"{text}\""),
        }
    }

    /// What its lines are.
    pub const fn describe(&self) -> &'static str {
        match self {
            Self::Map => {
                "a line has a text to compare and what the variable is then; put quotes around blanks"
            }
            Self::Geo(true, _) => "a line has a range such as `10.0.0.0-10.0.0.255`, and a value",
            Self::Geo(..) => "a line has a network such as `10.0.0.0/8`, and a value",
            Self::Split(_) => "a line has a part such as `12.5%`, or `*` for the rest, and a value",
            Self::Charset => "a line has two numbers in base 16, such as `80 E282AC`",
        }
    }

    /// What is meant by a word that is not taken.
    pub fn mend(&self, bad: BadLine, text: &str) -> Option<String> {
        let bare = text.trim_end_matches([',', ';', ':']);
        let mended = match (self, bad) {
            (Self::Split(_), BadLine::Key) if bare == "default" => "*".to_owned(),
            (Self::Split(_), BadLine::Key) => format!("{}%", bare.trim_end_matches('%')).replace(',', "."),
            (Self::Geo(..), BadLine::Key) if bare.eq_ignore_ascii_case("default") => "default".to_owned(),
            (Self::Geo(..), BadLine::Key | BadLine::Value) => bare.to_owned(),
            _ => return None,
        };
        let taken = match self {
            Self::Split(_) => mended == "*" || hundredths(&mended).is_some(),
            Self::Geo(ranges, _) => mended == "default" || is_geo_key(&mended, *ranges),
            _ => false,
        };
        taken.then_some(mended)
    }
}

impl BadLine {
    /// What is wrong, in the words of a message.
    pub fn told(self, block: &str, text: &str) -> String {
        match self {
            Self::Count => format!("a line of `{block}` has two words, and this has more or fewer"),
            Self::Key | Self::Value if block == "geo" => format!("`{text}` is no network or range for `geo`"),
            Self::Key | Self::Value if block == "split_clients" => {
                format!("`{text}` is no part of a hundred for `split_clients`")
            }
            Self::Key | Self::Value => format!("`{text}` is no code of a character for `{block}`"),
            Self::Late => "`ranges` stands behind other lines of `geo`".to_owned(),
            Self::Sum => "with this line the parts of `split_clients` are more than 100%".to_owned(),
        }
    }
}

fn is_network(text: &str) -> bool {
    text == "255.255.255.255" || value::nginx_network(text).is_ok()
}

fn is_geo_key(text: &str, ranges: bool) -> bool {
    if !ranges {
        return is_network(text);
    }
    let ends =
        text.split_once('-').and_then(|(first, last)| value::nginx_inet(first).zip(value::nginx_inet(last)));
    ends.is_some_and(|(first, last)| first <= last)
}

/// A percentage with up to two decimals, as hundredths (`ngx_atofp`); not zero.
fn hundredths(text: &str) -> Option<u64> {
    let number = text.strip_suffix('%')?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if number.is_empty() || fraction.len() > 2 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let part = format!("{whole}{fraction:0<2}").parse().ok()?;
    (part > 0).then_some(part)
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_byte(text: &str) -> bool {
    is_hex(text) && u64::from_str_radix(text, 16).is_ok_and(|code| code < 256)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with the last of the lines.
    fn last(name: &str, lines: &[&str]) -> Option<BadLine> {
        let mut table = Table::of(name)?;
        let mut read = |line: &&str| {
            let mut words = line.split(' ');
            let key = words.next().unwrap_or_default();
            table.read(key, &words.map(Cow::Borrowed).collect::<Vec<_>>())
        };
        lines.iter().map(&mut read).last()?
    }

    #[test]
    fn lines_are_read_as_nginx_reads_them() {
        let cases: &[(&str, &[&str], Option<BadLine>)] = &[
            ("geo", &["10.0.0.0/8 a"], None),
            ("geo", &["::1 a"], None),
            ("geo", &["localhost a"], Some(BadLine::Key)),
            ("geo", &["proxy 10.0.0.0/33"], Some(BadLine::Value)),
            ("geo", &["10.0.0.0-10.0.0.9 a"], Some(BadLine::Key)),
            ("geo", &["ranges", "10.0.0.0-10.0.0.9 a"], None),
            ("geo", &["ranges", "10.0.0.9-10.0.0.0 a"], Some(BadLine::Key)),
            ("geo", &["10.0.0.0/8 a", "ranges"], Some(BadLine::Late)),
            ("geo", &["10.0.0.0/8"], Some(BadLine::Count)),
            ("map", &["hostnames"], None),
            ("map", &["a b c"], Some(BadLine::Count)),
            ("split_clients", &["50% a", "* b"], None),
            ("split_clients", &["50 a"], Some(BadLine::Key)),
            ("split_clients", &["0.555% a"], Some(BadLine::Key)),
            ("split_clients", &[".5% a"], None),
            ("split_clients", &["60% a", "40.01% b"], Some(BadLine::Sum)),
            ("charset_map", &["80 E282AC"], None),
            ("charset_map", &["100 E2"], Some(BadLine::Key)),
        ];
        for &(name, lines, wanted) in cases {
            assert_eq!(last(name, lines), wanted, "{name} {lines:?}");
        }
    }

    #[test]
    fn what_was_meant() {
        assert_eq!(Table::Split(0).mend(BadLine::Key, "12,5").as_deref(), Some("12.5%"));
        assert_eq!(Table::Split(0).mend(BadLine::Key, "default").as_deref(), Some("*"));
        assert_eq!(Table::Geo(false, false).mend(BadLine::Key, "10.0.0.0/8,").as_deref(), Some("10.0.0.0/8"));
        assert_eq!(Table::Geo(false, false).mend(BadLine::Key, "localhost"), None);
    }
}
