//! The pools, and PHP's own limits below them.

use std::io;

use super::Page;
use crate::source::Span;
use crate::stack::fpm::{Fpm, Pool};
use crate::stack::php::effective;
use crate::stack::setting::{Origin, Setting};

/// What a pool says of itself, and FPM's default (PHP 8.2).
const OF_POOL: &[(&str, &str)] = &[
    ("pm", "(not set)"),
    ("pm.max_children", "(not set)"),
    ("listen.owner", "(user of the master)"),
    ("listen.group", "(group of the master)"),
    ("listen.mode", "0660"),
    ("request_terminate_timeout", "0"),
];

/// What PHP says, and PHP's default (8.2).
const OF_PHP: &[(&str, &str)] = &[
    ("max_execution_time", "30"),
    ("memory_limit", "128M"),
    ("post_max_size", "8M"),
    ("upload_max_filesize", "2M"),
];

impl Page<'_> {
    pub(super) fn fpm(&mut self, fpm: &Fpm) -> io::Result<()> {
        let version = self.stack.php_version(fpm).map_or(String::new(), |version| format!(" {version}"));
        let file = self.sources.file(fpm.file).span();
        self.line(0, "")?;
        let title = self.bold(&format!("PHP-FPM{version}"));
        self.headed(0, &title, Some(Span::at(file.lo)))?;
        for pool in &fpm.pools {
            self.pool(fpm, pool)?;
        }
        Ok(())
    }

    fn pool(&mut self, fpm: &Fpm, pool: &Pool) -> io::Result<()> {
        let listen = pool.listen_shown.as_ref().map_or("nowhere".to_owned(), ToString::to_string);
        let title = format!("{} listens on {listen}", self.bold(&format!("[{}]", pool.name)));
        self.headed(2, &title, pool.get("listen").map(|entry| entry.span))?;
        for (key, default) in OF_POOL {
            let entry = pool.get(key);
            let setting = Setting {
                value: entry.map_or((*default).to_owned(), |entry| entry.value.clone()),
                origin: entry.map_or(Origin::Default, |entry| Origin::Set(entry.span)),
            };
            self.value(6, key, &setting)?;
        }
        let php = self.stack.php_of(fpm);
        for (key, default) in OF_PHP {
            let setting = effective(php, Some(pool), key, default);
            let origin = setting.span.map_or(Origin::Default, Origin::Set);
            self.value(6, key, &Setting { value: setting.value, origin })?;
        }
        Ok(())
    }
}
