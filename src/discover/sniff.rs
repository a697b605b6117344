//! Which language a file is in, by its name or else by its text.

use std::path::Path;

use crate::tree::Dialect;

/// The language, where the name or the place of the file tells.
pub(crate) fn by_name(path: &Path) -> Option<Dialect> {
    let name = path.file_name()?.to_str()?;
    let has = |part: &str| path.components().any(|component| component.as_os_str() == part);
    match name {
        "nginx.conf" | "mime.types" | "fastcgi_params" | "fastcgi.conf" | "proxy_params" | "uwsgi_params"
        | "scgi_params" => {
            return Some(Dialect::Nginx);
        }
        "httpd.conf" | "apache2.conf" | ".htaccess" => return Some(Dialect::Apache),
        "php.ini" | ".user.ini" => return Some(Dialect::Php),
        // RHEL has an upstream of this name in /etc/nginx/conf.d.
        "php-fpm.conf" if !has("conf.d") => return Some(Dialect::Fpm),
        _ => {}
    }
    let extension = path.extension().and_then(|extension| extension.to_str());
    if extension == Some("conf") && (has("pool.d") || has("php-fpm.d")) {
        return Some(Dialect::Fpm);
    }
    if extension == Some("ini") && (has("php") || has("php.d") || has("conf.d")) {
        return Some(Dialect::Php);
    }
    match extension {
        Some("nginx" | "nginxconf") => Some(Dialect::Nginx),
        Some("htaccess") => Some(Dialect::Apache),
        _ => None,
    }
}

/// Whether a file of unknown name is worth a look at its text.
pub(crate) fn may_be_configuration(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    if name.starts_with('.') || name.ends_with('~') {
        return false;
    }
    let in_sites = path.components().any(|part| {
        matches!(part.as_os_str().to_str(), Some("sites-enabled" | "sites-available" | "conf.d" | "snippets"))
    });
    match Path::new(name).extension().and_then(|extension| extension.to_str()) {
        Some("conf" | "vhost" | "ini" | "inc") => true,
        Some("bak" | "md" | "old" | "orig" | "save" | "swp" | "txt") => false,
        // A site is often named as its host: `www.example.org`.
        _ => in_sites,
    }
}

/// The language, judged by what the lines look like; `None` when nothing speaks for one.
pub(crate) fn by_text(bytes: &[u8]) -> Option<Dialect> {
    let text = String::from_utf8_lossy(bytes);
    let (mut nginx, mut apache, mut fpm, mut php) = (0, 0, 0, 0);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(2000) {
        match line.as_bytes()[0] {
            b'#' | b';' => {}
            b'<' => apache += 3,
            b'[' => (fpm, php) = (fpm + 1, php + 1),
            _ => match line_language(line) {
                Some(Dialect::Nginx) => nginx += 2,
                Some(Dialect::Apache) => apache += 2,
                Some(Dialect::Fpm) => fpm += 3,
                Some(Dialect::Php) => php += 2,
                Some(Dialect::Service) | None => {}
            },
        }
    }
    let best = [(nginx, Dialect::Nginx), (apache, Dialect::Apache), (fpm, Dialect::Fpm), (php, Dialect::Php)];
    let (score, dialect) = best.into_iter().max_by_key(|&(score, _)| score)?;
    (score > 1).then_some(dialect)
}

fn line_language(line: &str) -> Option<Dialect> {
    let first = line.split([' ', '\t', '=', '{', '[']).next().unwrap_or_default();
    if let Some((key, _)) = line.split_once('=')
        && !line.ends_with(';')
        && !line.ends_with('{')
    {
        let key = key.trim();
        let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-[]".contains(&byte));
        if plain {
            let fpm = key.starts_with("pm") || key.starts_with("listen") || key.starts_with("php_");
            return Some(if fpm { Dialect::Fpm } else { Dialect::Php });
        }
    }
    if line.ends_with([';', '{', '}']) {
        return Some(Dialect::Nginx);
    }
    let camel = first.len() > 3 && first.starts_with(|c: char| c.is_ascii_uppercase());
    camel.then_some(Dialect::Apache)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_tells_the_language() {
        assert_eq!(by_text(b"server {\n listen 80;\n}\n"), Some(Dialect::Nginx));
        assert_eq!(by_text(b"events {}\nstream { server { listen 53; } }\n"), Some(Dialect::Nginx));
        assert_eq!(by_text(b"<VirtualHost *:80>\nServerName a\n</VirtualHost>"), Some(Dialect::Apache));
        assert_eq!(by_text(b"[www]\nlisten = 9000\npm = static\n"), Some(Dialect::Fpm));
        assert_eq!(by_text(b"memory_limit = 128M\nupload_max_filesize=2M\n"), Some(Dialect::Php));
        assert_eq!(by_text(b"hello\nworld\n"), None);
    }

    #[test]
    fn sites_are_named_as_their_hosts() {
        assert!(may_be_configuration(Path::new("/etc/nginx/sites-available/www.example.org")));
        assert!(!may_be_configuration(Path::new("/etc/nginx/sites-available/shop.bak")));
        assert!(!may_be_configuration(Path::new("/srv/www.example.org")));
    }

    #[test]
    fn names_tell_before_text() {
        assert_eq!(by_name(Path::new("/etc/php/8.2/fpm/pool.d/shop.conf")), Some(Dialect::Fpm));
        assert_eq!(by_name(Path::new("/etc/php.d/20-curl.ini")), Some(Dialect::Php));
        assert_eq!(by_name(Path::new("/srv/www/.htaccess")), Some(Dialect::Apache));
        assert_eq!(by_name(Path::new("/etc/nginx/sites-enabled/shop")), None);
        // A pool in a repository of pools, a site in a repository of sites.
        assert_eq!(by_name(Path::new("/srv/sites/www.conf")), None);
        assert_eq!(by_name(Path::new("/etc/nginx/conf.d/php-fpm.conf")), None);
        assert_eq!(by_name(Path::new("/etc/php-fpm.conf")), Some(Dialect::Fpm));
    }
}
