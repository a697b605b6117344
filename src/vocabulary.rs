//! The words of the languages: which directives there are, where they may stand, what they take.
//!
//! The tables are `grammar/*.tsv`, one line a directive, read once when the first word is asked for.

mod arity;
mod contexts;
mod fpm;
mod kind;
mod nginx;
mod php;
mod slots;
mod zones;

pub use arity::Arity;
pub use contexts::Contexts;
pub use fpm::{FPM_ARRAYS, FpmType, FpmWord, fpm_word, fpm_words};
pub use kind::{Class, Kind, Unit};
pub use nginx::{NginxWord, Value, nginx, nginx_opens_block};
pub use php::{PhpWord, php_word, php_words};
pub use slots::{Signature, Slot, signatures};
pub use zones::{Shared, ZoneWord, zone_word};
