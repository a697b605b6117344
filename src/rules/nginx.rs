//! What the language of nginx allows: which words, where, and how many of them.

mod certain;
pub(super) mod conflicting_server_name;
pub(super) mod duplicate_default_server;
pub(super) mod duplicate_listen;
pub(super) mod duplicate_listen_options;
pub(super) mod duplicate_log_format;
pub(super) mod duplicate_map_key;
pub(super) mod duplicate_upstream;
pub(super) mod duplicate_zone;
pub(super) mod invalid_condition;
pub(super) mod invalid_regex;
pub(super) mod listen_ssl_without_certificate;
pub(super) mod missing_certificate;
pub(super) mod missing_certificate_key;
mod names;
pub(super) mod undefined_log_format;
pub(super) mod undefined_named_location;
pub(super) mod undefined_zone;
pub(super) mod unknown_context;
mod zones;
