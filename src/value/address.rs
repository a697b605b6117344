//! Addresses and networks in nginx.conf, after `ngx_inet.c`.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Refused, nginx_number};

/// Why nginx does not take an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadAddress {
    /// Nothing stands before the port.
    NoHost,
    /// A host that cannot be one.
    Host,
    /// A host that no resolver finds: it has characters no name has, or is a number too large.
    NoSuchHost,
    /// Between the brackets stands no address of IPv6.
    Ipv6,
    /// No port, where one is needed.
    NoPort,
    /// A port that is no number from 1 to 65535.
    Port,
    /// A range of ports that ends before it begins.
    PortRange,
    /// `unix:` and nothing behind it.
    NoPath,
    /// A path that is longer than a socket's can be.
    LongPath,
}

impl BadAddress {
    /// How nginx puts it.
    pub const fn logged(self) -> &'static str {
        match self {
            Self::NoHost => "no host",
            Self::Host => "invalid host",
            Self::NoSuchHost => "host not found",
            Self::Ipv6 => "invalid IPv6 address",
            Self::NoPort => "no port",
            Self::Port => "invalid port",
            Self::PortRange => "invalid port range",
            Self::NoPath => "no path in the unix domain socket",
            Self::LongPath => "too long path in the unix domain socket",
        }
    }

    /// What is wrong, for people.
    pub const fn told(self) -> &'static str {
        match self {
            Self::NoHost => "there is no host before the port",
            Self::Host | Self::NoSuchHost => "it has no name or address of a host",
            Self::Ipv6 => "there is no address of IPv6 between the brackets",
            Self::NoPort => "a port has to stand behind the host",
            Self::Port => "ports are numbers from 1 to 65535",
            Self::PortRange => "the range of ports ends before it begins",
            Self::NoPath => "there is no path behind `unix:`",
            Self::LongPath => "the path of a socket has 107 bytes at most",
        }
    }
}

/// Reads the address of a `listen`: a port, a range of them, `*`, a host, an address, a socket.
pub fn nginx_listen(text: &str) -> Result<(), BadAddress> {
    if let Some(found) = socket(text) {
        return found;
    }
    if text.contains(['/', '?']) {
        return Err(BadAddress::Host);
    }
    if text.starts_with('[') {
        return bracketed(text, true);
    }
    match text.split_once(':') {
        Some((host, ports)) => {
            port_range(ports)?;
            if host == "*" { Ok(()) } else { named(host) }
        }
        None if text == "*" => Ok(()),
        None if is_port(text) => port_range(text),
        None => named(text),
    }
}

/// Reads the address of a server in an `upstream`, or of a `resolver`: a host with or without a port, a socket.
pub fn nginx_server(text: &str) -> Result<(), BadAddress> {
    if let Some(found) = socket(text) {
        return found;
    }
    if text.contains(['/', '?']) {
        return Err(BadAddress::Host);
    }
    if text.starts_with('[') {
        return bracketed(text, false);
    }
    let Some((host, number)) = text.split_once(':') else { return named(text) };
    port(number)?;
    named(host)
}

/// The same in `stream`, where no port is the default.
pub fn nginx_server_port(text: &str) -> Result<(), BadAddress> {
    nginx_server(text)?;
    let host_end = text.find(']').unwrap_or(0);
    if text[host_end..].contains(':') { Ok(()) } else { Err(BadAddress::NoPort) }
}

/// Reads an address to call from, with or without a port.
pub fn nginx_bind(text: &str) -> Result<(), Refused> {
    let is_port = |text: &str| port(text).is_ok();
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None if text.matches(':').count() == 1 => {
            text.split_once(':').map(|(host, port)| (host, Some(port))).ok_or(Refused)?
        }
        None => (text, None),
    };
    let known = host.parse::<Ipv6Addr>().is_ok() || nginx_inet(host).is_some();
    if known && port.is_none_or(is_port) { Ok(()) } else { Err(Refused) }
}

/// What a `unix:` address says; `None` for all others.
fn socket(text: &str) -> Option<Result<(), BadAddress>> {
    let path = text.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("unix:")).map(|_| &text[5..])?;
    Some(match path.len() {
        0 => Err(BadAddress::NoPath),
        1..=107 => Ok(()),
        _ => Err(BadAddress::LongPath),
    })
}

/// `[::]`, `[::1]:80`.
fn bracketed(text: &str, range: bool) -> Result<(), BadAddress> {
    let (host, rest) = text[1..].split_once(']').ok_or(BadAddress::Host)?;
    if !rest.is_empty() {
        let ports = rest.strip_prefix(':').ok_or(BadAddress::Host)?;
        if range { port_range(ports)? } else { port(ports).map(|_| ())? }
    }
    match host {
        "" => Err(BadAddress::NoHost),
        _ => host.parse::<Ipv6Addr>().map(|_| ()).map_err(|_| BadAddress::Ipv6),
    }
}

/// Whether a text without a colon is a port or a range of ports, if perhaps an impossible one.
fn is_port(text: &str) -> bool {
    let (first, last) = text.split_once('-').unwrap_or((text, "0"));
    nginx_number(first).is_ok() && nginx_number(last).is_ok()
}

fn port_range(text: &str) -> Result<(), BadAddress> {
    let Some((first, last)) = text.split_once('-') else { return port(text).map(|_| ()) };
    let last = port(last)?;
    if port(first)? > last { Err(BadAddress::PortRange) } else { Ok(()) }
}

fn port(text: &str) -> Result<u64, BadAddress> {
    nginx_number(text).ok().filter(|port| (1..=65535).contains(port)).ok_or(BadAddress::Port)
}

/// A host by its name or address. Which names there are is not known here, only what can be none.
fn named(host: &str) -> Result<(), BadAddress> {
    let may_be_named = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    if host.is_empty() {
        return Err(BadAddress::NoHost);
    }
    if !host.chars().all(may_be_named) {
        return Err(BadAddress::NoSuchHost);
    }
    // The resolver takes `127.1` and `2130706433` for addresses, and no name is all digits and dots.
    let numbers = host.chars().all(|c| c.is_ascii_digit() || c == '.');
    let parts = || host.split('.');
    let too_large = || parts().any(|part| part.parse::<u32>().is_err());
    let unknown = nginx_inet(host).is_none() && host.parse::<Ipv4Addr>().is_err();
    if numbers && unknown && (too_large() || parts().count() >= 4) {
        return Err(BadAddress::NoSuchHost);
    }
    Ok(())
}

/// Reads an address with or without the number of bits that count (`ngx_ptocidr`).
pub fn nginx_network(text: &str) -> Result<(), Refused> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let most = match nginx_inet(address) {
        Some(_) => 32,
        None => address.parse::<Ipv6Addr>().map(|_| 128).map_err(|_| Refused)?,
    };
    match bits {
        Some(bits) if nginx_number(bits)? > most => Err(Refused),
        _ => Ok(()),
    }
}

/// Reads an address of IPv4 (`ngx_inet_addr`): four numbers, of which zeros before a number, or nothing at all, are
/// fine. 255.255.255.255 says "no address" in C.
pub fn nginx_inet(text: &str) -> Option<Ipv4Addr> {
    let octet =
        |part: &str| if part.is_empty() { Some(0) } else { u8::try_from(nginx_number(part).ok()?).ok() };
    let mut parts = text.split('.').map(octet);
    let mut next = || parts.next().flatten();
    let address = Ipv4Addr::new(next()?, next()?, next()?, next()?);
    (parts.next().is_none() && address != Ipv4Addr::BROADCAST).then_some(address)
}
