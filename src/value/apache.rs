//! Values of Apache httpd, after `server/util.c`, `server/core.c` and `modules/proxy/mod_proxy.c`.

use super::{Reading, Refused};

/// The unit of a time that is written without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApacheUnit {
    /// Seconds: `KeepAliveTimeout`, `connectiontimeout=`, `ping=`.
    Seconds,
    /// Milliseconds: `acquire=`.
    Milliseconds,
}

/// A number read with `atoi()`: `Timeout`, `ProxyTimeout`, `ProxyPass … timeout=` (seconds), `LimitRequestLine`,
/// `LimitRequestFieldSize` (bytes). A unit behind it is dropped without a word: `5m` is 5, `16k` is 16.
pub fn apache_int(text: &str) -> Reading<i32> {
    super::atoi(text)
}

/// A number read with `strtol()`, and what stands behind it dropped without a word: as [`apache_int`], in 64 bits.
pub fn apache_long(text: &str) -> Reading<i64> {
    super::strtol(text)
}

/// A number that must be all of the text (`apr_strtoff` to its end): `LimitRequestBody`, in bytes. Whether it may be
/// negative is the directive's.
pub fn apache_strict(text: &str) -> Result<i64, Refused> {
    let reading = super::strtol(text);
    if reading.whole { Ok(reading.value) } else { Err(Refused) }
}

/// `On` or `Off`, in any case.
pub fn apache_flag(text: &str) -> Result<bool, Refused> {
    if text.eq_ignore_ascii_case("on") {
        Ok(true)
    } else if text.eq_ignore_ascii_case("off") {
        Ok(false)
    } else {
        Err(Refused)
    }
}

/// Milliseconds of a time read by `ap_timeout_parameter_parse`: `KeepAliveTimeout`, `connectiontimeout=`, `ping=`.
/// Units begin with `ms`, `s`, `mi` or `h`, and what comes behind these letters is ignored (`5sfoo` is 5 s); `m`
/// alone is refused, and so are capitals and negative numbers.
pub fn apache_timeout(text: &str, default: ApacheUnit) -> Result<u64, Refused> {
    let number = text.trim_start_matches(super::is_c_blank);
    let unsigned = number.strip_prefix('+').unwrap_or(number);
    let digits = super::digits(unsigned);
    let unit = match (&unsigned[digits.len()..], default) {
        ("", ApacheUnit::Seconds) => "s",
        ("", ApacheUnit::Milliseconds) => "ms",
        (unit, _) => unit,
    };
    let millis = match unit.as_bytes() {
        [b'm', b's', ..] => 1,
        [b's', ..] => 1000,
        [b'm', b'i', ..] => 60_000,
        [b'h', ..] => 3_600_000,
        _ => return Err(Refused),
    };
    // apr_strtoi64 takes no digits for 0: `KeepAliveTimeout s` passes.
    let value = if digits.is_empty() { 0 } else { digits.parse::<u64>().map_err(|_| Refused)? };
    // The server counts microseconds in 64 signed bits.
    let micros =
        i64::try_from(value).ok().and_then(|value| value.checked_mul(millis * 1000)).ok_or(Refused)?;
    Ok(micros.unsigned_abs() / 1000)
}
