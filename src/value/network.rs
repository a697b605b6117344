//! Whether an address is in a network, as nginx and Apache write them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether `address` is in `text`: an address, `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, or the beginning of one (`10.1`), which
/// Apache takes; `None` for what is none of them.
pub fn in_network(address: IpAddr, text: &str) -> Option<bool> {
    let (network, mask) = text.split_once('/').map_or((text, None), |(network, mask)| (network, Some(mask)));
    if network.contains(':') {
        let network = u128::from(network.parse::<Ipv6Addr>().ok()?);
        let bits: u32 = mask.map_or(Some(128), |mask| mask.parse().ok()).filter(|&bits| bits <= 128)?;
        let IpAddr::V6(address) = address else { return Some(false) };
        let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
        return Some(u128::from(address) & mask == network & mask);
    }
    let parts: Vec<u8> =
        network.trim_end_matches('.').split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    let count = u32::try_from(parts.len()).ok().filter(|count| (1..=4).contains(count))?;
    let octet = |index: usize| parts.get(index).copied().unwrap_or(0);
    let network = u32::from(Ipv4Addr::new(octet(0), octet(1), octet(2), octet(3)));
    let mask = match mask {
        None => u32::MAX.checked_shl(32 - 8 * count).unwrap_or(0),
        Some(bits) if !bits.contains('.') => {
            let bits = bits.parse::<u32>().ok().filter(|&bits| bits <= 32)?;
            u32::MAX.checked_shl(32 - bits).unwrap_or(0)
        }
        Some(mask) => u32::from(mask.parse::<Ipv4Addr>().ok()?),
    };
    let IpAddr::V4(address) = address else { return Some(false) };
    Some(u32::from(address) & mask == network & mask)
}

#[cfg(test)]
mod tests {
    use super::in_network;

    #[test]
    fn addresses_are_in_their_networks() {
        let is = |address: &str, network| in_network(address.parse().expect("an address"), network);
        for network in ["127.0.0.1", "127.0.0.0/8", "127", "127.0.", "0.0.0.0/0", "127.0.0.0/255.0.0.0"] {
            assert_eq!(is("127.0.0.1", network), Some(true), "{network}");
        }
        for network in ["192.0.2.0/24", "::1", "127.0.0.2", "126"] {
            assert_eq!(is("127.0.0.1", network), Some(false), "{network}");
        }
        assert_eq!((is("::1", "::/0"), is("::1", "fe80::/10")), (Some(true), Some(false)));
        assert_eq!((is("127.0.0.1", "office"), is("127.0.0.1", "10.0.0.0/99")), (None, None));
    }
}
