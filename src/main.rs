//! The gwlint command.
fn main() {}
