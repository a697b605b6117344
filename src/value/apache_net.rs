//! Networks as Apache httpd reads them (`apr_ipsubnet_create`): `Require ip`, `-ipmatch`, `RemoteIPInternalProxy`.

use std::net::Ipv6Addr;

/// Why a text is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetFault {
    /// It has letters where an address has none.
    NoAddress,
    /// It looks like an address and is none.
    BadAddress,
    /// What follows the `/` is no mask.
    BadMask,
}

/// Whether `text` is an address, `10.0.0.0/8`, `10.0.0.0/255.0.0.0` or the beginning of one (`10.1`).
pub fn ip_subnet(text: &str) -> Result<(), NetFault> {
    let (address, mask) = match text.split_once('/') {
        Some((address, mask)) => (address, Some(mask)),
        None => (text, None),
    };
    let numeric = !address.is_empty() && address.bytes().all(|byte| byte == b'.' || byte.is_ascii_digit());
    if !numeric && !address.contains(':') {
        return Err(NetFault::NoAddress);
    }
    // A colon too many at the end of a v6 address is not seen.
    let v6 = address.strip_suffix(':').filter(|start| start.contains(':') && !start.ends_with(':'));
    // Nothing of v4 in the clothes of v6 is taken.
    let is_v6 = || v6.unwrap_or(address).parse::<Ipv6Addr>().is_ok_and(|ip| ip.to_ipv4_mapped().is_none());
    let bits = if is_v4(address) { 32 } else { 128 };
    match mask {
        None if is_beginning(address) => Ok(()),
        _ if bits == 128 && !is_v6() => Err(NetFault::BadAddress),
        None => Ok(()),
        Some(mask) if is_mask(bits, mask) => Ok(()),
        Some(_) => Err(NetFault::BadMask),
    }
}

/// Four numbers; zeros before them change nothing.
fn is_v4(text: &str) -> bool {
    text.split('.').count() == 4 && text.split('.').all(is_octet)
}

fn is_octet(text: &str) -> bool {
    text.parse::<u8>().is_ok() && !text.starts_with('+')
}

/// `10`, `10.1.`: up to four numbers.
fn is_beginning(text: &str) -> bool {
    let parts = text.strip_suffix('.').unwrap_or(text);
    text.len() < 16 && parts.split('.').count() <= 4 && parts.split('.').all(is_octet)
}

fn is_mask(most: i64, mask: &str) -> bool {
    let bits = super::strtol(mask);
    bits.whole && (1..=most).contains(&bits.value) || most == 32 && is_v4(mask)
}

#[cfg(test)]
mod tests {
    use super::NetFault::{BadAddress, BadMask, NoAddress};
    use super::ip_subnet;

    #[test]
    fn networks_are_what_httpd_takes_for_them() {
        for text in [
            "10.0.0.1",
            "10.0.0.0/8",
            "10.0.0.0/255.0.0.0",
            "10",
            "10.1.",
            "::1",
            "fe80::/10",
            "010.1.1.1/08",
            "::1:",
        ] {
            assert_eq!(ip_subnet(text), Ok(()), "{text}");
        }
        let refused = [
            ("", NoAddress),
            ("example.org", NoAddress),
            ("10.0.0.0/33", BadMask),
            ("10.0.0.0/0", BadMask),
            ("10.0.0.0/", BadMask),
            ("::1/129", BadMask),
            ("10.0/16", BadAddress),
            ("10.0.0.256", BadAddress),
            ("1.2.3.4.5", BadAddress),
            ("10.0.0.1:80", BadAddress),
            ("::ffff:10.0.0.1", BadAddress),
        ];
        for (text, fault) in refused {
            assert_eq!(ip_subnet(text), Err(fault), "{text}");
        }
    }
}
