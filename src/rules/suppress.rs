//! What was written to silence gwlint.

pub(crate) mod unused_ignore;
