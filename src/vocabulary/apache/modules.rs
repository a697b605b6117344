//! The modules of Apache httpd and those of others: `grammar/apache-modules.tsv`.

use std::sync::OnceLock;

/// Where a module comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// httpd, and part of the program in some packages at least: no `LoadModule` is needed there.
    Static,
    /// httpd, loaded where it is wanted.
    Shared,
    /// Somebody else.
    Other,
}

/// A module.
#[derive(Debug, Clone, Copy)]
pub struct ApacheModule {
    /// As its source is named: `mod_rewrite`.
    pub name: &'static str,
    /// As `LoadModule` names it: `rewrite_module`.
    pub identifier: &'static str,
    /// Where it comes from.
    pub origin: Origin,
    /// Directives of a module from elsewhere; a `*` stands for any end.
    words: &'static str,
}

impl ApacheModule {
    fn parse(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let mut field = || fields.next();
        Some(Self {
            name: field()?,
            identifier: field()?,
            origin: match field()? {
                "static" => Origin::Static,
                "shared" => Origin::Shared,
                _ => Origin::Other,
            },
            words: field()?,
        })
    }

    /// Whether a directive of this name looks like one of this module from elsewhere.
    fn owns(&self, directive: &str) -> bool {
        self.words.split(',').any(|word| match word.strip_suffix('*') {
            Some(start) => {
                directive.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
            }
            None => word.eq_ignore_ascii_case(directive),
        })
    }

    /// Whether a directive of this module from elsewhere has just this name.
    pub fn names(&self, directive: &str) -> bool {
        self.words.split(',').any(|word| word.eq_ignore_ascii_case(directive))
    }

    /// What `a2enmod` calls it.
    pub fn short(&self) -> &'static str {
        let name = self.identifier;
        name.strip_suffix("_module").unwrap_or(name)
    }
}

/// All modules.
pub fn apache_modules() -> &'static [ApacheModule] {
    static MODULES: OnceLock<Vec<ApacheModule>> = OnceLock::new();
    MODULES.get_or_init(|| {
        include_str!("../../../grammar/apache-modules.tsv")
            .lines()
            .skip(1)
            .filter_map(ApacheModule::parse)
            .collect()
    })
}

/// The module of this name or identifier.
pub fn apache_module(name: &str) -> Option<&'static ApacheModule> {
    apache_modules().iter().find(|module| module.name == name || module.identifier == name)
}

/// The module of httpd that lies in a file of this name: `mod_rewrite.so`, `modules/mod_mpm_event.so`.
pub fn apache_module_in(file: &str) -> Option<&'static ApacheModule> {
    let stem = file.rsplit('/').next()?.strip_suffix(".so")?;
    let name = stem.strip_prefix("mod_mpm_").unwrap_or(stem);
    apache_modules().iter().find(|module| module.name == name && module.origin != Origin::Other)
}

/// The module from elsewhere a directive of this name looks like one of.
pub fn third_party(directive: &str) -> Option<&'static ApacheModule> {
    apache_modules().iter().find(|module| module.origin == Origin::Other && module.owns(directive))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_from_elsewhere_are_known_by_their_beginnings() {
        let owner = |name| third_party(name).map(|module| module.identifier);
        assert_eq!(owner("SecRuleEngine"), Some("security2_module"));
        assert_eq!(owner("php_value"), Some("php_module"));
        assert_eq!(owner("ProxyPass"), None);
        let names = |name| third_party(name).is_some_and(|module| module.names(name));
        assert!(names("FCGIWrapper") && !names("FcgidWraper"));
        assert_eq!(apache_module("ldap_module").map(|module| module.name), Some("mod_ldap"));
        assert_eq!(apache_module("mpm_event_module").map(|module| module.name), Some("event"));
    }
}
