//! The words of `Require` and of `AuthBasicProvider`.

/// Providers that come with httpd. Their case counts.
const PROVIDERS: &[&str] = &[
    "all",
    "dbd-group",
    "dbd-login",
    "dbd-logout",
    "dbm-file-group",
    "dbm-group",
    "env",
    "expr",
    "file-group",
    "file-owner",
    "forward-dns",
    "group",
    "host",
    "ip",
    "ldap-attribute",
    "ldap-dn",
    "ldap-filter",
    "ldap-group",
    "ldap-search",
    "ldap-user",
    "local",
    "method",
    "ssl",
    "ssl-verify-client",
    "user",
    "valid-user",
];

/// What `AuthBasicProvider` and its kin take of httpd's own. Their case counts.
pub const AUTHN_PROVIDERS: &[&str] = &["anon", "dbd", "dbm", "file", "ldap", "socache"];

/// Methods httpd has a number for; their case counts.
const METHODS: &[&str] = &[
    "BASELINE-CONTROL",
    "CHECKIN",
    "CHECKOUT",
    "CONNECT",
    "COPY",
    "DELETE",
    "GET",
    "HEAD",
    "LABEL",
    "LOCK",
    "MERGE",
    "MKACTIVITY",
    "MKCOL",
    "MKWORKSPACE",
    "MOVE",
    "OPTIONS",
    "PATCH",
    "POST",
    "PROPFIND",
    "PROPPATCH",
    "PUT",
    "REPORT",
    "TRACE",
    "UNCHECKOUT",
    "UNLOCK",
    "UPDATE",
    "VERSION-CONTROL",
];

/// The names of all providers that come with httpd.
pub fn authz_providers() -> impl Iterator<Item = &'static str> {
    PROVIDERS.iter().copied()
}

/// Whether a provider of this name comes with httpd.
pub fn is_authz_provider(name: &str) -> bool {
    PROVIDERS.binary_search(&name).is_ok()
}

/// Whether httpd takes a method without `RegisterHttpMethod`.
pub fn is_http_method(name: &str) -> bool {
    METHODS.binary_search(&name).is_ok()
}
