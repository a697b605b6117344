//! The table of all rules. A rule is one file, one card in `rules/`, and one line here.

mod apache;
mod body;
mod buffer;
mod fpm;
mod include;
mod nginx;
mod script;
mod socket;
mod syntax;
mod target;
mod timeout;
mod value;

use crate::rule::Rule;

/// All rules, sorted by name.
pub static ALL: &[&Rule] = &[
    &apache::limit_suffix::RULE,
    &body::nginx_below_php::RULE,
    &body::php_size_suffix::RULE,
    &body::post_below_upload::RULE,
    &buffer::apache_header_below_nginx::RULE,
    &buffer::busy_too_large::RULE,
    &buffer::busy_too_small::RULE,
    &buffer::fewer_than_two::RULE,
    &buffer::header_too_small::RULE,
    &buffer::max_temp_file_too_small::RULE,
    &buffer::temp_file_write_too_small::RULE,
    &buffer::wrong_prefix::RULE,
    &fpm::chdir_missing::RULE,
    &fpm::hash_comment::RULE,
    &fpm::invalid_value::RULE,
    &fpm::pm_constraints::RULE,
    &fpm::slowlog_above_terminate::RULE,
    &fpm::slowlog_missing::RULE,
    &fpm::unknown_entry::RULE,
    &fpm::user_missing::RULE,
    &include::cycle::RULE,
    &include::dangling_link::RULE,
    &include::directory::RULE,
    &include::missing_file::RULE,
    &nginx::conflicting_server_name::RULE,
    &nginx::duplicate_default_server::RULE,
    &nginx::duplicate_listen::RULE,
    &nginx::duplicate_listen_options::RULE,
    &nginx::duplicate_log_format::RULE,
    &nginx::duplicate_map_key::RULE,
    &nginx::duplicate_upstream::RULE,
    &nginx::duplicate_zone::RULE,
    &nginx::invalid_condition::RULE,
    &nginx::invalid_regex::RULE,
    &nginx::listen_ssl_without_certificate::RULE,
    &nginx::missing_certificate::RULE,
    &nginx::missing_certificate_key::RULE,
    &nginx::undefined_log_format::RULE,
    &nginx::undefined_named_location::RULE,
    &nginx::undefined_zone::RULE,
    &nginx::unknown_context::RULE,
    &script::alias_doubled::RULE,
    &script::filename_missing::RULE,
    &script::params_lost::RULE,
    &socket::acl_overrides_owner::RULE,
    &socket::allowed_clients::RULE,
    &socket::gateway_not_allowed::RULE,
    &socket::mode_without_write::RULE,
    &socket::owner_missing::RULE,
    &socket::world_writable::RULE,
    &syntax::bad_line::RULE,
    &syntax::bad_value::RULE,
    &syntax::byte_order_mark::RULE,
    &syntax::empty_statement::RULE,
    &syntax::mismatched_close::RULE,
    &syntax::missing_semicolon::RULE,
    &syntax::nul_byte::RULE,
    &syntax::stray_close::RULE,
    &syntax::text_after_quote::RULE,
    &syntax::too_deep::RULE,
    &syntax::unclosed_block::RULE,
    &syntax::unclosed_quote::RULE,
    &syntax::unclosed_section_line::RULE,
    &syntax::unclosed_variable::RULE,
    &syntax::unquoted_brace::RULE,
    &target::bad_pass_syntax::RULE,
    &target::pass_without_port::RULE,
    &target::php_version_mismatch::RULE,
    &target::port_without_listener::RULE,
    &target::socket_without_listener::RULE,
    &target::undefined_upstream::RULE,
    &target::unix_tcp_mismatch::RULE,
    &target::unix_uri_without_colon::RULE,
    &target::upstream_with_port::RULE,
    &timeout::apache_proxy_below_fpm::RULE,
    &timeout::fpm_kills_first::RULE,
    &timeout::handler_ignores_worker::RULE,
    &timeout::no_terminate_timeout::RULE,
    &timeout::read_below_backend::RULE,
    &timeout::suffix_ignored::RULE,
    &value::invalid_size::RULE,
    &value::invalid_time::RULE,
];
