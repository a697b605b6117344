//! The modules of nginx that others make: `grammar/nginx-modules.tsv`.
//!
//! Those with a `*` have all their directives in `grammar/nginx.tsv`. Of the others only the names are
//! known, or what they begin with.

use std::sync::OnceLock;

/// A module and the directives it has.
struct Module {
    name: &'static str,
    /// `*`, or names and beginnings of names (`zstd_*`) divided by commas.
    directives: &'static str,
}

/// All lines of the table.
fn modules() -> &'static [Module] {
    static MODULES: OnceLock<Vec<Module>> = OnceLock::new();
    let parse = |line: &'static str| {
        let (name, directives) = line.split_once('\t')?;
        Some(Module { name, directives })
    };
    let table = include_str!("../../grammar/nginx-modules.tsv");
    MODULES.get_or_init(|| table.lines().skip(1).filter_map(parse).collect())
}

/// Whether all directives of a module are known: `ngx_http_echo_module`, as its file is called.
pub fn nginx_module_is_known(name: &str) -> bool {
    modules().iter().any(|module| module.name == name && module.directives == "*")
}

/// The module that has this directive, of those of which only the names are known.
pub fn nginx_module_with(directive: &str) -> Option<&'static str> {
    let has = |known: &str| match known.strip_suffix('*') {
        Some(beginning) => !beginning.is_empty() && directive.starts_with(beginning),
        None => directive == known,
    };
    modules().iter().find(|module| module.directives.split(',').any(has)).map(|module| module.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{nginx, nginx_words};

    #[test]
    fn the_table_is_sorted_and_read_whole() {
        let lines = include_str!("../../grammar/nginx-modules.tsv").lines().count() - 1;
        assert_eq!(modules().len(), lines);
        assert!(modules().is_sorted_by_key(|module| module.name));
    }

    #[test]
    fn modules_are_known_whole_or_by_name() {
        assert!(nginx_module_is_known("ngx_http_echo_module") && !nginx("echo_sleep").is_empty());
        assert!(!nginx_module_is_known("ngx_http_naxsi_module"));
        assert_eq!(nginx_module_with("LearningMode"), Some("ngx_http_naxsi_module"));
        assert_eq!(nginx_module_with("zstd_comp_level"), Some("ngx_http_zstd_filter_module"));
        assert_eq!(nginx_module_with("server_nam"), None);
        let origins = nginx_words().map(|word| word.origin).filter(|name| name.starts_with("ngx_"));
        assert!(origins.into_iter().all(nginx_module_is_known));
    }
}
