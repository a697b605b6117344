//! Certificates and private keys, read from PEM. Only this file knows the crate that reads them.

use x509_parser::extensions::GeneralName;
use x509_parser::pem::Pem;
use x509_parser::prelude::{FromDer, X509Certificate};

/// What counts of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// From when it is valid, in seconds since 1970.
    pub not_before: i64,
    /// Until when it is valid.
    pub not_after: i64,
    /// The names it is for: those of its alternative names, or its common name where it has none.
    pub names: Vec<String>,
    /// Its public key: of RSA the modulus, else the point.
    key: Vec<u8>,
}

impl Certificate {
    /// The first certificate of a file, which is the one a server shows.
    pub fn first(pem: &[u8]) -> Option<Self> {
        let block =
            Pem::iter_from_buffer(pem).flatten().find(|block| block.label.ends_with("CERTIFICATE"))?;
        let (_, read) = X509Certificate::from_der(&block.contents).ok()?;
        let validity = read.validity();
        let alternative = read.subject_alternative_name().ok().flatten();
        let names: Vec<String> = if let Some(names) = alternative {
            let dns = names.value.general_names.iter().filter_map(|name| match name {
                GeneralName::DNSName(name) => Some((*name).to_ascii_lowercase()),
                _ => None,
            });
            dns.collect()
        } else {
            let common = read.subject().iter_common_name().filter_map(|name| name.as_str().ok());
            common.map(str::to_ascii_lowercase).collect()
        };
        let public: &[u8] = &read.public_key().subject_public_key.data;
        Some(Self {
            not_before: validity.not_before.timestamp(),
            not_after: validity.not_after.timestamp(),
            names,
            key: modulus(public).unwrap_or(public).to_vec(),
        })
    }

    /// Whether it is for a name. A `*` stands for one label.
    pub fn is_for(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.names.iter().any(|name| match name.strip_prefix("*.") {
            Some(parent) => host.split_once('.').is_some_and(|(_, rest)| rest == parent),
            None => *name == host,
        })
    }

    /// Whether the private key of a file belongs to it; `None` for a key that cannot be read.
    pub fn fits(&self, pem: &[u8]) -> Option<bool> {
        let block =
            Pem::iter_from_buffer(pem).flatten().find(|block| block.label.ends_with("PRIVATE KEY"))?;
        let content = match block.label.as_str() {
            "RSA PRIVATE KEY" | "EC PRIVATE KEY" => block.contents.as_slice(),
            // The version, the algorithm, and the key of that algorithm.
            "PRIVATE KEY" => parts(&block.contents)?.get(2).filter(|part| part.tag == OCTETS)?.content,
            _ => return None,
        };
        let parts = parts(content)?;
        let second = parts.get(1)?;
        if second.tag == INTEGER {
            return Some(unsigned(second.content) == self.key);
        }
        // Of elliptic curves the point may come along.
        let point = parts.iter().find(|part| part.tag == 0xa1)?;
        let bits = element(point.content)?.0;
        Some(bits.content.get(1..)? == self.key)
    }
}

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// One element of DER.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
}

/// The first element of a text, and what follows it.
fn element(der: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&short, rest) = rest.split_first()?;
    let (length, rest) = if short < 0x80 {
        (usize::from(short), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(short & 0x7f).min(4))?;
        (digits.iter().fold(0, |length, &digit| length << 8 | usize::from(digit)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((Element { tag, content }, rest))
}

/// The elements of a sequence.
fn parts(der: &[u8]) -> Option<Vec<Element<'_>>> {
    let (outer, _) = element(der)?;
    let mut rest = outer.content;
    let mut found = Vec::new();
    while let Some((part, behind)) = element(rest) {
        found.push(part);
        rest = behind;
    }
    (outer.tag == SEQUENCE).then_some(found)
}

/// The modulus of a public key of RSA.
fn modulus(key: &[u8]) -> Option<&[u8]> {
    parts(key)?.first().filter(|part| part.tag == INTEGER).map(|part| unsigned(part.content))
}

/// A number without the zero that says it is not negative.
fn unsigned(number: &[u8]) -> &[u8] {
    number.strip_prefix(&[0]).unwrap_or(number)
}
