//! TLS between the layers: who speaks it, with which names and certificates.

pub(super) mod plain_to_tls;
pub(super) mod tls_to_plain;
