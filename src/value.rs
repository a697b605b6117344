//! Sizes, times, numbers and switches, read as each server reads them.
//!
//! Every server has its own grammar for `64M` and `5m`, and every one forgives something else. Two kinds of
//! answer tell the difference: [`Refused`] where the server does not start, and [`Reading`] where it starts
//! but may have read less than what is written ([`Reading::whole`]).

mod address;
mod apache;
mod apache_expr;
mod apache_net;
mod apache_proxy;
mod apache_rewrite;
mod certificate;
mod condition;
mod fpm;
mod location;
mod network;
mod nginx;
mod php;
mod regex;
mod text;
mod tls;
mod variable;

pub use address::{
    BadAddress, nginx_bind, nginx_inet, nginx_listen, nginx_network, nginx_server, nginx_server_port,
};
pub use apache::{ApacheUnit, apache_flag, apache_int, apache_long, apache_strict, apache_timeout};
pub use apache_expr::{ExprFault, ExprFaultKind, ExprForm, Expression, apache_expression};
pub use apache_net::{NetFault, ip_subnet};
pub use apache_proxy::{proxy_url, proxy_value};
pub use apache_rewrite::{RewriteFlag, RewriteLine, rewrite_flags, rewrite_line};
pub use certificate::Certificate;
pub use condition::{ConditionFault, NginxCondition, Part, nginx_condition};
pub use fpm::{FpmListen, fpm_bool, fpm_integer, fpm_listen, fpm_time};
pub use location::{LocationKind, nginx_location};
pub use network::in_network;
pub use nginx::{Resolution, nginx_flag, nginx_number, nginx_offset, nginx_size, nginx_time};
pub use php::{
    Quantity, QuantityFault, php_bool, php_int, php_quantity, php_quantity_before_82, php_reserved,
};
pub use regex::{Regex, RegexError, regex, regex_groups, regex_matches};
pub use text::{bytes_text, millis_text, nginx_size_text, seconds_text};
pub use tls::TlsVersions;
pub use variable::{Reference, references};

/// The server does not take this text and says so when it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

/// What a server that never refuses made of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading<T> {
    /// The value in force.
    pub value: T,
    /// Whether all of the text went into it: false when the server dropped a part without a word
    /// (`5m` is 5), found no number and took 0, or wrapped around.
    pub whole: bool,
}

/// `atoi()` of C: blanks, a sign, digits; everything behind them is ignored. Out of range, glibc saturates
/// at 64 bits and keeps the low 32.
fn atoi(text: &str) -> Reading<i32> {
    let long = strtol(text);
    Reading { value: long.value as i32, whole: long.whole && i32::try_from(long.value).is_ok() }
}

/// `strtol(text, NULL, 10)` of C: like [`atoi`], in 64 bits, saturating.
fn strtol(text: &str) -> Reading<i64> {
    let number = text.trim_start_matches(is_c_blank);
    let unsigned = number.strip_prefix(['+', '-']).unwrap_or(number);
    let digits = digits(unsigned);
    let signed = &number[..number.len() - unsigned.len() + digits.len()];
    let parsed = signed.parse::<i64>();
    let limit = if signed.starts_with('-') { i64::MIN } else { i64::MAX };
    let value = if digits.is_empty() { 0 } else { parsed.clone().unwrap_or(limit) };
    Reading { value, whole: parsed.is_ok() && digits.len() == unsigned.len() }
}

/// The decimal digits `text` begins with.
fn digits(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

/// What `isspace()` of C takes for a blank.
fn is_c_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}
