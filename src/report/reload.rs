//! The commands that make servers read repaired files.

use std::collections::BTreeSet;
use std::path::Path;

use crate::tree::Dialect;

/// The commands for files of this machine that were changed, each once. Each asks the server first whether it takes the
/// files.
pub fn commands<'a>(files: impl IntoIterator<Item = (Dialect, &'a Path)>) -> Vec<String> {
    let all: BTreeSet<String> =
        files.into_iter().filter_map(|(dialect, path)| command(dialect, path)).collect();
    all.into_iter().collect()
}

fn command(dialect: Dialect, path: &Path) -> Option<String> {
    let text = path.to_string_lossy();
    let apache = "apachectl configtest && apachectl graceful";
    match dialect {
        Dialect::Nginx => Some("nginx -t && nginx -s reload".to_owned()),
        // Apache reads it at each request.
        Dialect::Apache if text.ends_with(".htaccess") => None,
        Dialect::Apache => Some(apache.to_owned()),
        Dialect::Php if text.contains("/apache2/") => Some(apache.to_owned()),
        Dialect::Php | Dialect::Fpm => {
            let version = version(path).unwrap_or_default();
            let unit = if version.is_empty() { "php-fpm".to_owned() } else { format!("php{version}-fpm") };
            Some(format!("php-fpm{version} -t && systemctl reload {unit}"))
        }
        Dialect::Service => None,
    }
}

/// The `8.2` of `/etc/php/8.2/fpm/…`, as Debian lays it out.
fn version(path: &Path) -> Option<String> {
    let mut parts = path.iter().map(|part| part.to_string_lossy());
    parts.by_ref().find(|part| part == "php")?;
    let next = parts.next()?.into_owned();
    next.starts_with(|first: char| first.is_ascii_digit()).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_server_is_reloaded_once_and_asked_before() {
        let files = [
            (Dialect::Nginx, "/etc/nginx/nginx.conf"),
            (Dialect::Nginx, "/etc/nginx/sites-enabled/a"),
            (Dialect::Php, "/etc/php/8.2/fpm/php.ini"),
            (Dialect::Fpm, "/etc/php/8.2/fpm/pool.d/www.conf"),
            (Dialect::Fpm, "/etc/php-fpm.d/www.conf"),
            (Dialect::Php, "/etc/php/8.2/apache2/php.ini"),
            (Dialect::Apache, "/srv/www/.htaccess"),
        ];
        assert_eq!(
            commands(files.map(|(dialect, path)| (dialect, Path::new(path)))),
            [
                "apachectl configtest && apachectl graceful",
                "nginx -t && nginx -s reload",
                "php-fpm -t && systemctl reload php-fpm",
                "php-fpm8.2 -t && systemctl reload php8.2-fpm",
            ]
        );
    }
}
