//! gwlint.
