//! Addresses that are listened on.

pub(super) mod ipv4_only;
pub(super) mod taken_by_two;
