//! Values of nginx.conf, after `ngx_parse.c` and the setters of `ngx_conf_file.c`.

use super::Refused;

/// What a time is kept in, which decides the units that may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// Whole seconds (`ngx_conf_set_sec_slot`: `keepalive_timeout`, `valid=`): `y` and `M`, no `ms`.
    Seconds,
    /// Milliseconds (`ngx_conf_set_msec_slot`: `proxy_read_timeout` and most others): `ms`, no `y` or `M`.
    Milliseconds,
}

/// Bytes of a *size* (`client_body_buffer_size`): digits and `k` or `m`, in either case.
pub fn nginx_size(text: &str) -> Result<u64, Refused> {
    scaled(text, &[('k', 10), ('m', 20)])
}

/// Bytes of an *offset* (`client_max_body_size`): as a size, and `g` too.
pub fn nginx_offset(text: &str) -> Result<u64, Refused> {
    scaled(text, &[('k', 10), ('m', 20), ('g', 30)])
}

/// Digits with at most one of the suffixes, each of which shifts the number left.
fn scaled(text: &str, suffixes: &[(char, u32)]) -> Result<u64, Refused> {
    let suffix = suffixes.iter().find(|(unit, _)| text.ends_with([*unit, unit.to_ascii_uppercase()]));
    let (number, scale) = suffix.map_or((text, 1), |&(_, shift)| (&text[..text.len() - 1], 1 << shift));
    let bytes = nginx_number(number)?.checked_mul(scale).ok_or(Refused)?;
    // ssize_t and off_t are signed.
    if i64::try_from(bytes).is_ok() { Ok(bytes) } else { Err(Refused) }
}

/// A plain number (`ngx_atoi`): digits and nothing else, no sign.
pub fn nginx_number(text: &str) -> Result<u64, Refused> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refused);
    }
    text.parse::<i64>().map(i64::unsigned_abs).map_err(|_| Refused)
}

/// `on` or `off`, in any case (`ngx_conf_set_flag_slot`).
pub fn nginx_flag(text: &str) -> Result<bool, Refused> {
    super::apache_flag(text)
}

/// Milliseconds of a time (`ngx_parse_time`): numbers with the units `y M w d h m s ms`, each at most once and in
/// this order, with blanks between them (in quotes) or none; a last number without a unit is seconds. No
/// fractions.
pub fn nginx_time(text: &str, resolution: Resolution) -> Result<u64, Refused> {
    let mut rest = text;
    let mut total: i64 = 0;
    let mut seen_digit = false;
    // The rank of the last unit: units must come in rising order. `y` and `M` are 1 and 2.
    let mut rank = if resolution == Resolution::Milliseconds { 2 } else { 0 };
    loop {
        let digits = super::digits(rest);
        seen_digit |= !digits.is_empty();
        // nginx takes a unit without a number (`1hs`) for zero of it.
        let value = if digits.is_empty() { 0 } else { digits.parse::<i64>().map_err(|_| Refused)? };
        rest = &rest[digits.len()..];
        let Some(unit) = Unit::at(rest) else {
            return if rest.is_empty() && seen_digit {
                add(total, value, 1000).and_then(|millis| u64::try_from(millis).map_err(|_| Refused))
            } else {
                Err(Refused)
            };
        };
        if rank >= unit.rank || (unit.millis == 1 && resolution == Resolution::Seconds) {
            return Err(Refused);
        }
        rank = unit.rank;
        total = add(total, value, unit.millis)?;
        rest = rest[unit.len..].trim_start_matches(' ');
    }
}

/// `total` and `value` times `scale`, if it can be counted.
fn add(total: i64, value: i64, scale: i64) -> Result<i64, Refused> {
    value.checked_mul(scale).and_then(|more| total.checked_add(more)).ok_or(Refused)
}

/// One unit of time.
struct Unit {
    rank: u8,
    millis: i64,
    len: usize,
}

impl Unit {
    /// The unit `text` begins with. A blank behind a number is a unit too: it makes it seconds, and only
    /// a bare number may follow.
    fn at(text: &str) -> Option<Self> {
        let day = 86_400_000;
        let (rank, millis, len) = match text.as_bytes() {
            [b'y', ..] => (1, 365 * day, 1),
            [b'M', ..] => (2, 30 * day, 1),
            [b'w', ..] => (3, 7 * day, 1),
            [b'd', ..] => (4, day, 1),
            [b'h', ..] => (5, 3_600_000, 1),
            [b'm', b's', ..] => (8, 1, 2),
            [b'm', ..] => (6, 60_000, 1),
            [b's', ..] => (7, 1000, 1),
            [b' ', ..] => (9, 1000, 1),
            _ => return None,
        };
        Some(Self { rank, millis, len })
    }
}
