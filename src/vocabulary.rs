//! The words of the languages: which directives there are, where they may stand, what they take.
//!
//! The tables are `grammar/*.tsv`, one line a directive, read once when the first word is asked for.

mod fpm;
mod php;

pub use fpm::{FPM_ARRAYS, FpmType, FpmWord, fpm_word, fpm_words};
pub use php::{PhpWord, php_word, php_words};
