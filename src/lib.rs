//! gwlint reads the whole gateway stack, nginx, Apache httpd, PHP-FPM and php.ini together, and says
//! what will answer 502, 503, 504, 413 or an empty page.
//!
//! Data goes one way:
//!
//! ```text
//! discover -> load -> parse -> link -> model -> check -> suppress -> report | fix
//! ```
//!
//! [`Session::lint`](session::Session::lint) runs it up to `suppress` and touches nothing outside what
//! it was given; the command line ([`app`]) does the rest.

pub mod app;
pub mod baseline;
pub mod cli;
pub mod config;
pub mod diagnostic;
pub mod diff;
pub mod discover;
pub mod edits;
pub mod fix;
pub mod include;
pub mod load;
pub mod options;
pub mod report;
pub mod rule;
pub mod rules;
pub mod select;
pub mod session;
pub mod source;
mod spelling;
pub mod stack;
pub mod suppress;
pub mod tree;
pub mod users;
pub mod value;
pub mod verify;
pub mod version;
pub mod vfs;
pub mod vocabulary;
pub mod write;
