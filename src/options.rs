//! What the user knows of a configuration and no file of it tells.

use crate::vocabulary::Contexts;

/// What gwlint.toml and the command line say about the languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Directives of nginx modules made in house.
    pub nginx_directives: Vec<String>,
    /// Directives of Apache modules made in house.
    pub apache_directives: Vec<String>,
    /// Where a piece of nginx stands whose includer is not in sight.
    pub contexts: Option<Contexts>,
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
}
