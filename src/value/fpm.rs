//! Values of PHP-FPM pools, after `sapi/fpm/fpm/fpm_conf.c` and `fpm_sockets.c` of PHP 8.2.

use super::{Reading, Refused};

/// Seconds of a time (`fpm_conf_set_time`): the last character is the unit (`s`, `m`, `h`, `d`, or a digit for seconds),
/// what stands before it goes through `atoi()`. So `500ms` is 500 s, `1.5m` is 60 s, and `abc5` is 0.
pub fn fpm_time(text: &str) -> Result<Reading<i32>, Refused> {
    let last = text.chars().next_back().ok_or(Refused)?;
    let (number, scale) = match last {
        's' => (&text[..text.len() - 1], 1),
        'm' => (&text[..text.len() - 1], 60),
        'h' => (&text[..text.len() - 1], 3600),
        'd' => (&text[..text.len() - 1], 86_400),
        '0'..='9' => (text, 1),
        _ => return Err(Refused),
    };
    let number = super::atoi(number);
    let fits = number.value.checked_mul(scale).is_some();
    Ok(Reading { value: number.value.wrapping_mul(scale), whole: number.whole && fits })
}

/// An integer (`fpm_conf_set_integer`): digits, with or without `-` before them. Nothing at all, or `-` alone, is 0.
pub fn fpm_integer(text: &str) -> Result<Reading<i32>, Refused> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    if super::digits(unsigned).len() == unsigned.len() { Ok(super::atoi(text)) } else { Err(Refused) }
}

/// A switch (`fpm_conf_set_boolean`): `1`, `yes`, `true`, `on`, or `0`, `no`, `false`, `off`, `none`, nothing. In any case
/// when it stands there bare; within quotes only in small letters.
pub fn fpm_bool(text: &str, quoted: bool) -> Result<bool, Refused> {
    let bare = if quoted { None } else { super::php_reserved(text) };
    match bare.unwrap_or(text) {
        "1" | "yes" | "true" | "on" => Ok(true),
        "" | "0" | "no" | "false" | "off" | "none" => Ok(false),
        _ => Err(Refused),
    }
}

/// Where a pool listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FpmListen<'a> {
    /// A port on all addresses: a bare number is `[::]`, or `0.0.0.0` where there is no IPv6; `*` is all too.
    Port(u16),
    /// A port on an address or name; the brackets of an IPv6 address are taken off.
    HostPort(&'a str, u16),
    /// The path of a socket; a relative one is below the prefix.
    UnixPath(&'a str),
}

/// Reads `listen` (`fpm_sockets_domain_from_address`): a colon anywhere makes it an address and a port, digits alone a
/// port, all else is a path. `unix:/run/x.sock` is therefore an address with a bad port, and refused.
pub fn fpm_listen(text: &str) -> Result<FpmListen<'_>, Refused> {
    if let Some((host, digits)) = text.rsplit_once(':') {
        let inner = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let port = port(digits)?;
        return match inner.unwrap_or(host) {
            "" => Err(Refused),
            host if host.contains(['/', ',']) => Err(Refused),
            "*" => Ok(FpmListen::Port(port)),
            host => Ok(FpmListen::HostPort(host, port)),
        };
    }
    if text.is_empty() {
        Err(Refused)
    } else if super::digits(text).len() == text.len() {
        port(text).map(FpmListen::Port)
    } else {
        Ok(FpmListen::UnixPath(text))
    }
}

/// A port number, 1 to 65535.
fn port(digits: &str) -> Result<u16, Refused> {
    let digits = digits.trim_start_matches(super::is_c_blank);
    let number = super::nginx_number(digits.strip_prefix('+').unwrap_or(digits))?;
    u16::try_from(number).ok().filter(|&port| port != 0).ok_or(Refused)
}
