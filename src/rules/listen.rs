//! Addresses that are listened on.

pub(super) mod taken_by_two;
