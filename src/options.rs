//! What the user knows of a configuration and no file of it tells.

use crate::value::{bytes_text, seconds_text};
use crate::vocabulary::Contexts;

/// What gwlint.toml and the command line say about the languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Directives of nginx modules made in house.
    pub nginx_directives: Vec<String>,
    /// Directives of Apache modules made in house.
    pub apache_directives: Vec<String>,
    /// Where something listens that no file in sight tells of.
    pub listeners: Vec<DeclaredListener>,
    /// Where a piece of nginx stands whose includer is not in sight.
    pub contexts: Option<Contexts>,
    /// The options of rules that are not left at their defaults.
    pub rules: Vec<(&'static RuleOption, u64)>,
}

/// A `[[listener]]` of gwlint.toml.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeclaredListener {
    /// `127.0.0.1:9000`, `*:8080`, `unix:/run/shop.sock`.
    pub address: String,
    /// `http`, `fastcgi`, `uwsgi`, …
    pub protocol: Option<String>,
}

impl Options {
    /// Whether a directive of nginx is one made in house.
    pub fn has_nginx(&self, name: &str) -> bool {
        self.nginx_directives.iter().any(|own| own == name)
    }

    /// Whether a directive of Apache, which are the same in any case, is one made in house.
    pub fn has_apache(&self, name: &str) -> bool {
        self.apache_directives.iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    /// The value of an option of a rule: a number, bytes or seconds.
    pub fn of(&self, option: &RuleOption) -> u64 {
        let chosen = self.rules.iter().find(|(other, _)| *other == option);
        chosen.map_or(option.default, |(_, value)| *value)
    }
}

/// An option of a rule, for what is a matter of taste, or known to nobody but the user. It is declared beside the
/// rule, listed in `rules::OPTIONS`, set in gwlint.toml, and documented in the card.
#[derive(Debug, PartialEq, Eq)]
pub struct RuleOption {
    /// The rule.
    pub rule: &'static str,
    /// Its name below `[rules."…"]`.
    pub key: &'static str,
    /// What its value is read as.
    pub kind: OptionKind,
    /// Its value when nothing is said.
    pub default: u64,
}

/// What the value of an option is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionKind {
    /// A whole number.
    Number,
    /// Bytes, with `k`, `m` or `g`.
    Bytes,
    /// Seconds, with the units of nginx.
    Seconds,
}

impl RuleOption {
    /// The default as gwlint.toml would say it, with its key.
    pub fn shown(&self) -> String {
        let key = self.key;
        match self.kind {
            OptionKind::Number => format!("{key} = {}", self.default),
            OptionKind::Bytes => format!("{key} = \"{}\"", bytes_text(self.default)),
            OptionKind::Seconds => format!("{key} = \"{}\"", seconds_text(self.default)),
        }
    }
}
