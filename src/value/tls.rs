//! Sets of versions of TLS, as nginx and Apache read them.

use std::fmt;

/// The versions, from the oldest to the newest, as both servers write them.
const NAMES: [&str; 6] = ["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

/// A set of versions of TLS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TlsVersions(u8);

impl TlsVersions {
    /// TLS 1.0 to 1.2.
    pub const UP_TO_1_2: Self = Self(0b01_1100);
    /// TLS 1.2 and 1.3.
    pub const FROM_1_2: Self = Self(0b11_0000);
    /// TLS 1.0 to 1.3.
    pub const ALL: Self = Self(0b11_1100);

    fn of_name(name: &str) -> Option<Self> {
        let index = NAMES.iter().position(|known| known.eq_ignore_ascii_case(name))?;
        Some(Self(1 << index))
    }

    /// A list of nginx: `TLSv1.2 TLSv1.3`. `None` for a word that is none of its own.
    pub fn of_nginx<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        words.into_iter().try_fold(Self::default(), |all, word| Some(all.with(Self::of_name(word)?)))
    }

    /// A list of Apache: `all -SSLv3`, `-all +TLSv1.2`, `TLSv1.3`. A version without a sign begins anew.
    pub fn of_apache<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        words.into_iter().try_fold(Self::default(), |all, word| {
            let (sign, name) = match word.as_bytes().first()? {
                b'+' => (Some(true), &word[1..]),
                b'-' => (Some(false), &word[1..]),
                _ => (None, word),
            };
            // OpenSSL has been built without SSLv3 for years.
            let all_of_them = name.eq_ignore_ascii_case("all");
            let named = if all_of_them { Self::ALL } else { Self::of_name(name)? };
            Some(match sign {
                Some(true) => all.with(named),
                Some(false) => Self(all.0 & !named.0),
                None => named,
            })
        })
    }

    /// Both together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both.
    #[must_use]
    pub const fn both(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// As both servers write it.
impl fmt::Display for TlsVersions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = NAMES.iter().enumerate().filter(|(index, _)| self.0 & (1 << index) != 0);
        let names: Vec<&str> = names.map(|(_, name)| *name).collect();
        f.write_str(&names.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_as_the_servers_read_them() {
        let apache = |text: &str| TlsVersions::of_apache(text.split(' ')).map(|set| set.to_string());
        assert_eq!(apache("all -SSLv3").as_deref(), Some("TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"));
        assert_eq!(apache("-all +TLSv1.2").as_deref(), Some("TLSv1.2"));
        assert_eq!(apache("all -TLSv1 -tlsv1.1 -SSLv3").as_deref(), Some("TLSv1.2 TLSv1.3"));
        assert_eq!(apache("TLSv1.3").as_deref(), Some("TLSv1.3"));
        assert_eq!(apache("${TLS}"), None);
        let nginx = |text: &str| TlsVersions::of_nginx(text.split(' '));
        assert_eq!(nginx("TLSv1.2 TLSv1.3"), Some(TlsVersions::FROM_1_2));
        assert_eq!(nginx("TLSv1 TLSv1.1 TLSv1.2"), Some(TlsVersions::UP_TO_1_2));
        assert_eq!(nginx("TLSv1.4"), None);
        assert!(TlsVersions::FROM_1_2.both(TlsVersions::of_nginx(["TLSv1"]).unwrap_or_default()).is_empty());
    }
}
