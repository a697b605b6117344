//! What Apache hands to PHP, and what it forgets to.

use crate::stack::apache::{Apache, Entry, SectionKind};
use crate::stack::nginx::ScopeId;
use crate::value::regex_groups;

mod patterns;

pub(super) mod fpm_section_skipped;
pub(super) mod other_directory;
pub(super) mod php_not_matched;
pub(super) mod source_exposed;

/// A directive that says what a file is handed to.
#[derive(Debug, Clone, Copy)]
struct Handler<'a> {
    /// The directive.
    entry: &'a Entry,
    /// The section it stands in.
    scope: ScopeId,
    /// What files are handed to.
    to: &'a str,
}

/// The directives that hand files to something by their name or place.
const BY_FILE: &[&str] = &["sethandler", "addhandler", "addtype", "forcetype"];

/// The directives whose reach is not judged: wherever one stands, PHP may go through it.
const OTHER_WAYS: &[&str] = &[
    "action",
    "script",
    "fcgidwrapper",
    "fcgiwrapper",
    "scriptaliasmatch",
    "fastcgiexternalserver",
    "scgimount",
];

/// The handlers of an Apache, in order.
fn all(apache: &Apache) -> impl Iterator<Item = Handler<'_>> {
    apache.section_ids().flat_map(move |scope| {
        let entries = apache.section(scope).entries.iter();
        let handlers = entries.filter(|entry| BY_FILE.contains(&entry.name.as_str()));
        handlers.filter_map(move |entry| Some(Handler { entry, scope, to: entry.value(0)? }))
    })
}

impl Handler<'_> {
    /// Whether it is for files that end in `.php`, as far as its sections and extensions say.
    fn takes_php(&self, apache: &Apache) -> bool {
        if self.entry.name.starts_with("add") {
            let extensions = self.entry.args.iter().skip(1);
            let mut names = extensions.map(|arg| arg.value.trim_start_matches('.'));
            if !names.any(|name| name.eq_ignore_ascii_case("php")) {
                return false;
            }
        }
        apache.around(self.scope).all(|id| patterns::may_hold_php(apache, id))
    }

    /// Whether what it hands files to runs PHP: a pool, a program, a module.
    fn runs(&self) -> bool {
        let to = self.to.to_ascii_lowercase();
        to.starts_with("proxy:") || to.contains("php") || to.contains("cgi") || self.to.contains("${")
    }
}

/// Whether anything else than `except` may hand the PHP files of a virtual host to PHP.
fn handled_elsewhere(apache: &Apache, vhost: ScopeId, except: &[&Entry]) -> bool {
    let here = |scope: ScopeId| {
        let of = apache.vhost_of(scope);
        of == vhost || of == ScopeId(0)
    };
    let excepted = |entry: &Entry| except.iter().any(|other| other.at == entry.at);
    let by_handler = all(apache).any(|handler| {
        here(handler.scope) && !excepted(handler.entry) && handler.runs() && handler.takes_php(apache)
    });
    let has_module =
        apache.modules.loaded.iter().any(|(name, _)| name.starts_with("php") || name.starts_with("lsapi"));
    let mut entries = apache.section_ids().filter(|&id| here(id)).flat_map(|id| &apache.section(id).entries);
    let by_other = entries.any(|entry| match entry.name.as_str() {
        "proxypass" | "proxypassmatch" => proxies_php(apache, entry),
        "rewriterule" => entry.value(2).is_some_and(|flags| {
            flags.trim_matches(['[', ']']).split(',').any(|flag| {
                let flag = flag.trim().to_ascii_lowercase();
                flag == "p" || flag == "proxy" || flag.starts_with("h=") || flag.starts_with("handler=")
            })
        }),
        name => OTHER_WAYS.contains(&name),
    });
    by_handler || has_module || by_other
}

/// The line that makes a PHP file the first page of a virtual host.
fn index(apache: &Apache, vhost: ScopeId) -> Option<&Entry> {
    let names = ["directoryindex", "fallbackresource"];
    let is_php = |arg: &str| arg.to_ascii_lowercase().ends_with(".php");
    let of = |host: ScopeId| {
        let mut entries = apache.section_ids().filter(move |&id| apache.vhost_of(id) == host);
        entries.find_map(|id| {
            let mut here = apache.section(id).entries.iter();
            here.find(|entry| {
                names.contains(&entry.name.as_str()) && entry.args.iter().any(|arg| is_php(&arg.value))
            })
        })
    };
    of(vhost).or_else(|| of(ScopeId(0)))
}

/// Whether a line of `ProxyPass` may take the PHP files of a site along.
fn proxies_php(apache: &Apache, entry: &Entry) -> bool {
    let Some(path) = entry.value(0) else { return true };
    if entry.name == "proxypassmatch" {
        return path.contains("${")
            || patterns::SAMPLES
                .iter()
                .any(|sample| regex_groups(path, false, &format!("/{sample}")).is_some());
    }
    // In a `<Location>` the path is the section's; of others only one for everything counts.
    path.contains("://")
        && apache.everywhere("proxypass").any(|(scope, other)| {
            let section = apache.section(scope);
            other.at == entry.at
                && section.kind == SectionKind::Location
                && section.args.last().is_none_or(|path| path.value == "/")
        })
        || path == "/"
}
