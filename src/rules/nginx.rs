//! What the language of nginx allows: which words, where, and how many of them.

pub(super) mod unknown_context;
