//! Whether there is a line in a log when something fails.

pub(super) mod error_log_off;
pub(super) mod level_hides_errors;
pub(super) mod no_upstream_status;
