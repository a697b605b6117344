//! The table of all rules.

use crate::rule::Rule;

/// All rules, sorted by name.
pub static ALL: &[&Rule] = &[];
