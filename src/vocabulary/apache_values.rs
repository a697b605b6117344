//! Numbers and times of Apache: `grammar/apache-values.tsv`, what each directive reads, the bounds it has, and what
//! is logged of what lies outside.

use std::sync::OnceLock;

use crate::value::{ApacheUnit, apache_int, apache_long, apache_strict, apache_timeout};

/// How a number is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApacheReader {
    /// `atoi()`: what stands behind the digits is dropped, and no digits are 0.
    Int,
    /// `atol()`: the same in 64 bits.
    Long,
    /// `apr_strtoff()`: the same, and no number that has more bits.
    Offset,
    /// `apr_strtoff()` to the end of the text.
    Whole,
    /// `strtol()` to the end of the text; what is too long is the longest.
    Ended,
    /// Digits, and nothing else.
    Digits,
    /// A time in this unit, or with one behind it.
    Time(ApacheUnit),
}

/// What one argument of a directive has to be.
#[derive(Debug, Clone, Copy)]
pub struct ApacheValue {
    /// The directive, in small letters.
    directive: &'static str,
    /// Which argument, counted from 0.
    pub place: usize,
    /// How it is read.
    pub reader: ApacheReader,
    /// The least that is taken.
    pub least: i64,
    /// The most that is taken.
    pub most: i64,
    /// Whether 0 is taken below the least.
    zero: bool,
    /// A word that is taken as well; empty for none.
    words: &'static str,
    /// What Apache logs, `%` being the argument.
    logs: &'static str,
}

impl ApacheValue {
    /// Reads a line: the directive, the place, `reader:least-most` with `0,` before the least and `|words` behind
    /// the most perhaps, the log.
    fn parse(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let mut field = || fields.next();
        let (directive, place, kind, logs) = (field()?, field()?, field()?, field()?);
        let (kind, words) = kind.split_once('|').unwrap_or((kind, ""));
        let (reader, bounds) = kind.split_once(':').unwrap_or((kind, ""));
        let (zero, bounds) = bounds.strip_prefix("0,").map_or((false, bounds), |bounds| (true, bounds));
        let (least, most) = bounds.split_once("..").unwrap_or((bounds, ""));
        Some(Self {
            directive,
            place: place.parse::<usize>().ok()?.checked_sub(1)?,
            reader: match reader {
                "int" => ApacheReader::Int,
                "long" => ApacheReader::Long,
                "offset" => ApacheReader::Offset,
                "ended" => ApacheReader::Ended,
                "whole" => ApacheReader::Whole,
                "digits" => ApacheReader::Digits,
                "s" => ApacheReader::Time(ApacheUnit::Seconds),
                "ms" => ApacheReader::Time(ApacheUnit::Milliseconds),
                _ => return None,
            },
            least: least.parse().unwrap_or(i64::MIN),
            most: most.parse().unwrap_or(i64::MAX),
            zero,
            words,
            logs,
        })
    }

    /// The number a text is read as; `None` where it is none.
    pub fn read(&self, text: &str) -> Option<i64> {
        match self.reader {
            ApacheReader::Int => Some(i64::from(apache_int(text).value)),
            ApacheReader::Long => Some(apache_long(text).value),
            ApacheReader::Offset => {
                let digits = text.trim_start().trim_start_matches(['+', '-']);
                let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
                let fits = end == 0 || digits[..end].parse::<i64>().is_ok();
                fits.then(|| apache_long(text).value)
            }
            ApacheReader::Ended => {
                let digits = text.trim_start().trim_start_matches(['+', '-']);
                digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| apache_long(text).value)
            }
            ApacheReader::Whole => apache_strict(text).ok(),
            // A number too long for us is not too long for Apache, which looks at the digits.
            ApacheReader::Digits => {
                let digits = text.bytes().all(|byte| byte.is_ascii_digit());
                digits.then(|| text.parse().unwrap_or(i64::MAX))
            }
            ApacheReader::Time(unit) => i64::try_from(apache_timeout(text, unit).ok()?).ok(),
        }
    }

    /// Whether Apache takes the text.
    pub fn takes(&self, text: &str) -> bool {
        let in_bounds = |number: i64| (self.least..=self.most).contains(&number) || self.zero && number == 0;
        let is_word =
            !self.words.is_empty() && self.words.split('/').any(|word| word.eq_ignore_ascii_case(text));
        is_word || self.read(text).is_some_and(in_bounds)
    }

    /// What it takes, as a sentence goes on behind "takes".
    pub fn describe(&self) -> String {
        let kind = match self.reader {
            ApacheReader::Time(ApacheUnit::Seconds) => "seconds, or a number with `ms`, `s`, `min` or `h`",
            ApacheReader::Time(ApacheUnit::Milliseconds) => {
                "milliseconds, or a number with `ms`, `s`, `min` or `h`"
            }
            _ => "a number",
        };
        let bounds = match (self.least, self.most) {
            _ if matches!(self.reader, ApacheReader::Time(_)) => String::new(),
            (i64::MIN, i64::MAX) => String::new(),
            (least, i64::MAX) => format!(" from {least}"),
            (least, most) => format!(" from {least} to {most}"),
        };
        let zero = if self.zero && self.least > 0 { ", or 0" } else { "" };
        let words = if self.words.is_empty() {
            String::new()
        } else {
            format!(", or `{}`", self.words.replace('/', "`, or `"))
        };
        format!("{kind}{bounds}{zero}{words}")
    }

    /// The line Apache logs.
    pub fn logged(&self, text: &str) -> String {
        self.logs.replace('%', text)
    }
}

/// What the arguments of a directive have to be, by its name in small letters; of most nothing is known.
pub fn apache_values(directive: &str) -> &'static [ApacheValue] {
    static ALL: OnceLock<Vec<ApacheValue>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        include_str!("../../grammar/apache-values.tsv")
            .lines()
            .skip(1)
            .filter_map(ApacheValue::parse)
            .collect()
    });
    let first = all.partition_point(|value| value.directive < directive);
    let count = all[first..].iter().take_while(|value| value.directive == directive).count();
    &all[first..first + count]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::apache;

    #[test]
    fn the_table_is_sorted_and_read_whole() {
        let lines: Vec<&str> = include_str!("../../grammar/apache-values.tsv").lines().skip(1).collect();
        assert!(lines.is_sorted());
        for line in lines {
            let value = ApacheValue::parse(line).expect(line);
            assert!(apache(value.directive, false).is_some(), "{line}");
            assert!(value.least <= value.most && !value.logs.is_empty(), "{line}");
        }
    }

    #[test]
    fn numbers_are_read_as_each_directive_does() {
        let takes = |name, text| apache_values(name).iter().all(|value| value.takes(text));
        assert!(takes("listenbacklog", "5x") && !takes("listenbacklog", "0"));
        assert!(takes("sendbuffersize", "0") && !takes("sendbuffersize", "100"));
        assert!(takes("deflatecompressionlevel", "9") && !takes("deflatecompressionlevel", "10"));
        assert!(takes("serverroot", "anything"));
    }
}
