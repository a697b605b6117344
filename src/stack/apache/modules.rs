//! Which modules an Apache has, as far as that can be known.

use std::collections::HashSet;

use crate::include::IncludeFault;
use crate::load::apache::Expanded;
use crate::load::{Server, Workspace};
use crate::source::Span;
use crate::vocabulary::{ApacheModule, ApacheWord, Origin, apache_module, apache_modules};

use super::Apache;

/// The modules of an Apache.
#[derive(Debug, Default)]
pub struct Modules {
    /// Those it loads, by identifier (`proxy_fcgi_module`), and where.
    pub loaded: Vec<(String, Span)>,
    /// Whether what is not among them is certainly not there.
    pub complete: bool,
    /// Whether one of them is of no kind we know, so that its directives are not known either.
    pub foreign: bool,
    /// Those that are certainly not there, as their sources are named.
    lacking: HashSet<&'static str>,
}

/// Every package that has modules to load loads this one: who does not has it built in, and perhaps all others.
const ALWAYS_LOADED: &str = "authz_core_module";

impl Modules {
    pub(super) fn read(files: &Workspace, server: &Server, apache: &Apache, expanded: &Expanded) -> Self {
        let loaded = expanded.modules.clone();
        let identifiers: HashSet<&str> = loaded.iter().map(|(identifier, _)| identifier.as_str()).collect();
        let foreign = identifiers.iter().any(|identifier| apache_module(identifier).is_none());
        let modular = identifiers.contains(ALWAYS_LOADED);
        let complete = server.whole && modular && all_in_sight(files, server, apache);
        let lacking = if complete { lacking(&identifiers, foreign) } else { HashSet::new() };
        Self { loaded, complete, foreign, lacking }
    }

    /// Whether a module is certainly not there.
    pub fn lack(&self, module: &ApacheModule) -> bool {
        self.lacking.contains(module.name)
    }

    /// Whether the module of an identifier (`ssl_module`) is certainly not there.
    pub fn lacks(&self, identifier: &str) -> bool {
        apache_module(identifier).is_some_and(|module| self.lack(module))
    }

    /// Whether a module is certainly not there, by whatever number: PHP is `php_module`, `php7_module`, `php5_module`.
    pub fn lack_all_like(&self, module: &ApacheModule) -> bool {
        let stem = |identifier: &str| {
            let short = identifier.strip_suffix("_module").unwrap_or(identifier);
            short.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned()
        };
        let wanted = stem(module.identifier);
        self.complete && self.loaded.iter().all(|(identifier, _)| stem(identifier) != wanted)
    }

    /// Whether all of them are known and come with httpd: then what they register is known as well.
    pub fn are_all_of_httpd(&self) -> bool {
        let is_of_httpd =
            |identifier: &str| apache_module(identifier).is_some_and(|module| module.origin != Origin::Other);
        self.complete && self.loaded.iter().all(|(identifier, _)| is_of_httpd(identifier))
    }

    /// Whether a directive is certainly provided by none of the modules.
    pub fn lack_all_of(&self, word: &ApacheWord) -> bool {
        !self.lacking.is_empty() && word.modules().all(|module| self.lacking.contains(module))
    }
}

/// The modules that are not among the loaded ones and not part of the program. Those from elsewhere go by several
/// identifiers: one that is not known may be theirs.
fn lacking(loaded: &HashSet<&str>, foreign: bool) -> HashSet<&'static str> {
    let is_mpm = |identifier: &str| identifier.starts_with("mpm_");
    // A program that loads no worker model has one built in.
    let loads_mpm = loaded.iter().any(|identifier| is_mpm(identifier));
    let absent = apache_modules().iter().filter(|module| {
        module.origin != Origin::Static
            && !loaded.contains(module.identifier)
            && (loads_mpm || !is_mpm(module.identifier))
            && !(foreign && module.origin == Origin::Other)
    });
    absent.map(|module| module.name).collect()
}

/// Whether all files are there that could load a module.
fn all_in_sight(files: &Workspace, server: &Server, apache: &Apache) -> bool {
    let machine = files.root.parent().is_none();
    let mut includes = ["include", "includeoptional"].into_iter().flat_map(|name| apache.everywhere(name));
    includes.all(|(_, entry)| {
        let Some(inclusion) = files.includes.get(&entry.at) else { return false };
        let torn = inclusion.faults.iter().any(|fault| !matches!(fault, IncludeFault::Cycle(_)));
        // Of what lies elsewhere a copy of a machine may hold nothing.
        let here = !inclusion.files.is_empty() || machine || inclusion.pattern.starts_with(&server.home);
        here && !torn
    })
}
