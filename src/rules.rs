//! The table of all rules. A rule is one file, one card in `rules/`, and one line here.

mod target;

use crate::rule::Rule;

/// All rules, sorted by name.
pub static ALL: &[&Rule] = &[
    &target::php_version_mismatch::RULE,
    &target::port_without_listener::RULE,
    &target::socket_without_listener::RULE,
    &target::unix_tcp_mismatch::RULE,
];
