//! Versions of servers, and which ones the configuration is for.

use std::fmt;
use std::str::FromStr;

/// A version of a server: `1.22`, `2.4.57`, `8.2`. A missing part counts as 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The first number.
    pub major: u16,
    /// The second number.
    pub minor: u16,
    /// The third number.
    pub patch: u16,
}

impl Version {
    /// The version `major.minor.patch`.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self { major, minor, patch }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        if self.patch == 0 { Ok(()) } else { write!(f, ".{}", self.patch) }
    }
}

/// The text is no version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAVersion;

impl FromStr for Version {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let mut parts = [0; 3];
        for (index, part) in text.split('.').enumerate() {
            let slot = parts.get_mut(index).ok_or(NotAVersion)?;
            *slot = part.parse().map_err(|_| NotAVersion)?;
        }
        Ok(Self::new(parts[0], parts[1], parts[2]))
    }
}

/// The versions the configuration is for, where they are known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Targets {
    /// nginx.
    pub nginx: Option<Version>,
    /// Apache httpd.
    pub apache: Option<Version>,
    /// PHP, for all pools whose path does not tell.
    pub php: Option<Version>,
}

impl Targets {
    /// The names targets are set by.
    pub const NAMES: [&str; 3] = ["nginx", "apache", "php"];

    /// The target of a name.
    pub fn slot(&mut self, name: &str) -> Option<&mut Option<Version>> {
        match name {
            "nginx" => Some(&mut self.nginx),
            "apache" => Some(&mut self.apache),
            "php" => Some(&mut self.php),
            _ => None,
        }
    }
}
