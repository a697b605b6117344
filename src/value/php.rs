//! Values of php.ini, after `Zend/zend_ini.c` of PHP 8.2.

use super::{Reading, is_c_blank};

/// A number with `k`, `m` or `g`, as PHP 8.2 and later read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity {
    /// The value in force: bytes for sizes.
    pub value: i64,
    /// What PHP warns about; it goes on with `value` all the same.
    pub fault: Option<QuantityFault>,
    /// The base it was read in: 8 for a number that begins with `0`, of which PHP says nothing.
    pub base: u32,
}

impl Quantity {
    /// Zero, or what PHP takes for zero.
    const fn zero(fault: Option<QuantityFault>) -> Self {
        Self { value: 0, fault, base: 10 }
    }
}

/// Why PHP 8.2 and later warn of an "Invalid quantity".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuantityFault {
    /// The text does not begin with a number: 0.
    NoDigits,
    /// `0` and a letter that is no base: 0.
    BadPrefix,
    /// The last character is no multiplier: the number alone counts (`64MB` is 64).
    UnknownMultiplier(char),
    /// Something stands between the number and the multiplier and is dropped (`1.5G` is 1 G).
    Ignored,
    /// It does not fit into 64 bits and wraps around.
    OutOfRange,
}

/// Reads a quantity as `zend_ini_parse_quantity` does since PHP 8.2: `memory_limit`, `post_max_size` and every
/// integer setting. Blanks, a sign, digits (`0x`, `0o`, `0b`, and octal behind a bare `0`), blanks, and the *last*
/// character as the multiplier.
pub fn php_quantity(text: &str) -> Quantity {
    let text = text.trim_matches(is_c_blank);
    if text.is_empty() {
        return Quantity::zero(None);
    }
    let negative = text.starts_with('-');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit()) {
        return Quantity::zero(Some(QuantityFault::NoDigits));
    }
    let (base, body) = match prefix(unsigned) {
        Ok(found) => found,
        Err(fault) => return Quantity::zero(Some(fault)),
    };
    let end = body.find(|c: char| !c.is_digit(base)).unwrap_or(body.len());
    if end == 0 {
        return Quantity::zero(Some(QuantityFault::NoDigits));
    }
    let (value, overflow) = signed(&body[..end], base, negative);
    let (value, fault) = multiplied(value, overflow, body[end..].trim_start_matches(is_c_blank));
    Quantity { value, fault, base }
}

/// The base of a number and the rest of the text that begins with its digits.
fn prefix(unsigned: &str) -> Result<(u32, &str), QuantityFault> {
    let Some(rest) = unsigned.strip_prefix('0') else { return Ok((10, unsigned)) };
    let base = match rest.chars().next() {
        None | Some('g' | 'G' | 'm' | 'M' | 'k' | 'K') => return Ok((10, unsigned)),
        Some('0'..='9') => return Ok((8, unsigned)),
        Some('x' | 'X') => 16,
        Some('o' | 'O') => 8,
        Some('b' | 'B') => 2,
        Some(_) => return Err(QuantityFault::BadPrefix),
    };
    let digits = &rest[1..];
    // A second prefix, a sign or a blank would be taken by strtoul; PHP refuses them.
    let second = digits.starts_with("0x") || digits.starts_with("0X");
    if base == 16 && second { Err(QuantityFault::NoDigits) } else { Ok((base, digits)) }
}

/// `digits` as a signed number, and whether it did not fit.
fn signed(digits: &str, base: u32, negative: bool) -> (i64, bool) {
    let Ok(bits) = u64::from_str_radix(digits, base) else {
        return (-1, true); // strtoul answers ULONG_MAX, and PHP leaves its sign alone.
    };
    match i64::try_from(bits) {
        Ok(value) => (if negative { -value } else { value }, false),
        Err(_) => (bits.cast_signed(), !(negative && bits == i64::MIN.unsigned_abs())),
    }
}

/// `value` times the multiplier that `tail`, the text behind the digits, ends with.
fn multiplied(value: i64, overflow: bool, tail: &str) -> (i64, Option<QuantityFault>) {
    let out_of_range = |overflow: bool| overflow.then_some(QuantityFault::OutOfRange);
    let Some(last) = tail.chars().next_back() else { return (value, out_of_range(overflow)) };
    let Some(shift) = shift(last) else { return (value, Some(QuantityFault::UnknownMultiplier(last))) };
    let product = value.wrapping_shl(shift);
    if tail.len() > 1 {
        return (product, Some(QuantityFault::Ignored));
    }
    (product, out_of_range(overflow || value.checked_mul(1 << shift).is_none()))
}

/// How far a multiplier shifts.
fn shift(unit: char) -> Option<u32> {
    match unit {
        'k' | 'K' => Some(10),
        'm' | 'M' => Some(20),
        'g' | 'G' => Some(30),
        _ => None,
    }
}

/// Reads a quantity as PHP before 8.2 does (`zend_atol`): silent, `0o` and `0b` unknown (0), and a blank at the end
/// hides the multiplier.
pub fn php_quantity_before_82(text: &str) -> i64 {
    let number = text.trim_start_matches(is_c_blank);
    let negative = number.starts_with('-');
    let unsigned = number.strip_prefix(['+', '-']).unwrap_or(number);
    let hex = unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X"));
    let hex = hex.filter(|rest| rest.starts_with(|c: char| c.is_ascii_hexdigit()));
    let (base, body) = match hex {
        Some(rest) => (16, rest),
        None if unsigned.starts_with('0') => (8, unsigned),
        None => (10, unsigned),
    };
    let end = body.find(|c: char| !c.is_digit(base)).unwrap_or(body.len());
    let limit = if negative { i64::MIN } else { i64::MAX };
    let value = match i128::from_str_radix(&body[..end], base) {
        Ok(value) => i64::try_from(if negative { -value } else { value }).unwrap_or(limit),
        Err(_) if end == 0 => 0,
        Err(_) => limit,
    };
    value.wrapping_shl(text.chars().next_back().and_then(shift).unwrap_or(0))
}

/// A number read with `strtol` in base 10: `max_execution_time`, in seconds. `5m` is 5.
pub fn php_int(text: &str) -> Reading<i64> {
    super::strtol(text)
}

/// A switch (`zend_ini_parse_bool`): `on`, `yes` and `true` in any case, or a number other than 0; everything else
/// is off.
pub fn php_bool(text: &str) -> bool {
    let named = ["on", "yes", "true"].iter().any(|word| text.eq_ignore_ascii_case(word));
    named || super::atoi(text).value != 0
}

/// What an unquoted word that is the whole value becomes while the file is read: `1` for `on`, `yes`, `true`, nothing
/// for `off`, `no`, `false`, `none`, `null`; `None` for every other word.
pub fn php_reserved(text: &str) -> Option<&'static str> {
    let is = |word: &&str| text.eq_ignore_ascii_case(word);
    if ["on", "yes", "true"].iter().any(is) {
        Some("1")
    } else if ["off", "no", "false", "none", "null"].iter().any(is) {
        Some("")
    } else {
        None
    }
}
