//! Where a directive of Apache may stand: the classes of its command table, and the sections it refuses.

use std::ops::BitOr;

/// Classes of places, as a set: what `req_override` is in the source of httpd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places(u16);

impl Places {
    /// Outside of the sections that hold for some requests: `RSRC_CONF`.
    pub const SERVER: Self = Self(1 << 5);
    /// In those sections: `ACCESS_CONF`.
    pub const SECTION: Self = Self(1 << 6);
    /// In `<Proxy>`: `PROXY_CONF`.
    pub const PROXY: Self = Self(1 << 7);
    /// Acted on where it is read, wherever that is: `EXEC_ON_READ`.
    pub const READ: Self = Self(1 << 8);
    /// The classes of `AllowOverride`.
    pub const CLASSES: [(&'static str, Self); 5] = [
        ("AuthConfig", Self(1)),
        ("FileInfo", Self(1 << 1)),
        ("Indexes", Self(1 << 2)),
        ("Limit", Self(1 << 3)),
        ("Options", Self(1 << 4)),
    ];
    /// The class of authentication.
    pub const AUTH: Self = Self(1);
    /// All classes of `AllowOverride`.
    pub const OVERRIDES: Self = Self(0b1_1111);
    /// No place at all.
    pub const NONE: Self = Self(0);
    /// Everywhere.
    pub const ALL: Self = Self(u16::MAX);

    /// Reads `server,FileInfo`. A name that is not known is none.
    pub(super) fn parse(text: &str) -> Self {
        text.split(',').fold(Self::NONE, |all, name| {
            all | match name {
                "server" => Self::SERVER,
                "section" => Self::SECTION,
                "proxy" => Self::PROXY,
                "read" => Self::READ,
                "All" => Self::OVERRIDES,
                _ => Self::class(name).unwrap_or(Self::NONE),
            }
        })
    }

    /// The class of a word of `AllowOverride`, in any case.
    pub fn class(name: &str) -> Option<Self> {
        let found = Self::CLASSES.iter().find(|(class, _)| class.eq_ignore_ascii_case(name));
        found.map(|&(_, class)| class)
    }

    /// What stands outside of all sections, and in virtual hosts.
    pub const fn outside() -> Self {
        let classes = Self::CLASSES;
        Self(Self::SERVER.0 | classes[1].1.0 | classes[2].1.0 | classes[4].1.0)
    }

    /// What the two sets share.
    #[must_use]
    pub const fn shared(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether the two sets share a place.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether it is no place at all.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Places {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What something stands inside of, however deep, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inside(u8);

impl Inside {
    /// The names of the table, each at its bit.
    const NAMES: [&str; 8] = ["vhost", "limit", "directory", "location", "files", "proxy", "outside", "main"];

    /// Nothing.
    pub const NONE: Self = Self(0);
    /// `<VirtualHost>`.
    pub const VHOST: Self = Self(1);
    /// `<Limit>`, and `<RequireAll>`, which counts as one.
    pub const LIMIT: Self = Self(1 << 1);
    /// `<Directory>`.
    pub const DIRECTORY: Self = Self(1 << 2);
    /// `<Location>`.
    pub const LOCATION: Self = Self(1 << 3);
    /// `<Files>`, `<If>`.
    pub const FILES: Self = Self(1 << 4);
    /// `<Proxy>`.
    pub const PROXY: Self = Self(1 << 5);
    /// None of the sections that hold for some requests.
    pub const OUTSIDE: Self = Self(1 << 6);
    /// No `<VirtualHost>`.
    pub const MAIN: Self = Self(1 << 7);

    /// Reads `vhost,limit`. A name that is not known is none.
    pub(super) fn parse(text: &str) -> Self {
        let bit = |name| Self::NAMES.iter().position(|&known| known == name);
        text.split(',').filter_map(bit).fold(Self::NONE, |all, bit| all | Self(1 << bit))
    }

    /// What the two sets share.
    #[must_use]
    pub const fn shared(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in this one and not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether it is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Inside {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authentication_belongs_into_sections() {
        assert!(Places::parse("All").meets(Places::outside()));
        assert!(!Places::parse("AuthConfig").meets(Places::outside()));
        assert!(Places::parse("server,read").meets(Places::outside()));
        assert_eq!(Inside::parse("limit,proxy"), Inside::LIMIT | Inside::PROXY);
    }
}
