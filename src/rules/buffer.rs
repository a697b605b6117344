//! Whether headers and answers fit into the memory that is set aside for them.

pub(super) mod apache_header_below_nginx;
pub(super) mod apache_header_too_small;
pub(super) mod busy_too_large;
pub(super) mod busy_too_small;
pub(super) mod client_header_too_small;
pub(super) mod event_stream;
pub(super) mod fewer_than_two;
pub(super) mod gunicorn_line_too_small;
pub(super) mod header_too_small;
mod ladder;
pub(super) mod max_temp_file_too_small;
mod places;
mod sizes;
pub(super) mod temp_file_write_too_small;
pub(super) mod uwsgi_request_too_small;
pub(super) mod wrong_prefix;
