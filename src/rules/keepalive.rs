//! Connections that stay open between requests, and who closes them first.

pub(super) mod not_kept;
pub(super) mod starves_pool;
