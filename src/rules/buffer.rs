//! Whether headers and answers fit into the memory that is set aside for them.

pub(super) mod apache_header_below_nginx;
