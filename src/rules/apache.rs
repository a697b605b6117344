//! What Apache reads otherwise than it is written.

pub(super) mod limit_suffix;
