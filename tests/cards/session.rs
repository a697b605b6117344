//! The tree of a scenario, as a session.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gwlint::config::{self, Config};
use gwlint::rule::Rule;
use gwlint::rules::{ALL, OPTIONS};
use gwlint::session::{Request, Session};
use gwlint::vfs::Disk;

use crate::card::Scenario;

/// The tree of a scenario, with the main files a piece needs to be in force.
pub(crate) fn session(rules: Vec<&'static Rule>, scenario: &Scenario) -> Session {
    let mut files: BTreeMap<PathBuf, Vec<u8>> =
        scenario.files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())).collect();
    let below =
        |files: &BTreeMap<PathBuf, Vec<u8>>, dir: &str| files.keys().any(|path| path.starts_with(dir));
    let mains = [
        ("/etc/nginx", "/etc/nginx/nginx.conf", NGINX),
        ("/etc/apache2", "/etc/apache2/apache2.conf", APACHE),
        ("/etc/php/8.2/fpm/pool.d", "/etc/php/8.2/fpm/php-fpm.conf", FPM),
    ];
    for (dir, main, text) in mains {
        if below(&files, dir) && !files.contains_key(Path::new(main)) {
            files.insert(main.into(), text.into());
        }
    }
    let settings = Path::new("/gwlint.toml");
    let configured = files.contains_key(settings);
    let whole = files.keys().all(|path| path.starts_with("/etc") || path == settings);
    let path = if whole { "/etc" } else { "/" };
    // A whole machine is its `/etc`; an .htaccess is asked about by its name.
    let is_htaccess = |path: &&PathBuf| path.file_name().is_some_and(|name| name == ".htaccess");
    let paths = std::iter::once(path.into()).chain(files.keys().filter(is_htaccess).cloned()).collect();
    let disk = Disk::memory(files).with_links(scenario.links.iter().cloned());
    let config =
        if configured { config::read(&disk, settings, ALL, OPTIONS).unwrap() } else { Config::default() };
    let request =
        Request { paths, rules, targets: config.targets, options: config.options, ..Request::default() };
    Session { request, disk }
}

const NGINX: &str = "user www-data;\nevents {}\nhttp {\n    include /etc/nginx/conf.d/*.conf;\n    \
                     include /etc/nginx/sites-enabled/*;\n}\n";

const APACHE: &str = "User www-data\nGroup www-data\nIncludeOptional mods-enabled/*\n\
                      IncludeOptional conf-enabled/*.conf\nIncludeOptional sites-enabled/*.conf\n";

const FPM: &str = "[global]\nerror_log = /var/log/php-fpm.log\ninclude = /etc/php/8.2/fpm/pool.d/*.conf\n";
