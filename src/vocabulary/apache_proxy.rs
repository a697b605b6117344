//! The `key=value` parameters of `mod_proxy`, of workers and of balancers.

/// What the value of a parameter is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyValue {
    /// `atoi()`, between these; the words the server refuses others with.
    Number(i32, i32, &'static str),
    /// `atof()`, from 1 to 100.
    Factor,
    /// Bytes, 0 or at least 512: the name as the server's words begin.
    Buffer(&'static str),
    /// A time with a unit, of at least one millisecond; the unit without one, the words for no time and for too short.
    Time(bool, &'static str, &'static str),
    /// `On` or `Off`: the name as the server's words begin.
    Flag(&'static str),
    /// One of these words, and what the server says to others.
    Word(&'static [&'static str], &'static str),
    /// Letters of a status, with `+` and `-`.
    Status,
    /// A text shorter than this: the name as the server's words begin.
    Short(usize, &'static str),
    /// Not judged.
    Any,
}

use ProxyValue::{Any, Buffer, Factor, Flag, Number, Short, Status, Time, Word};

/// A parameter: its name, in any case, and its value.
pub type ProxyParameter = (&'static str, ProxyValue);

/// Of a worker: `ProxyPass`, `BalancerMember`, `<Proxy http://…>`.
pub const WORKER_PARAMETERS: &[ProxyParameter] = &[
    ("acquire", Time(false, "Acquire timeout has wrong format", "Acquire must be at least one millisecond")),
    ("addressttl", Any),
    (
        "connectiontimeout",
        Time(
            true,
            "Connectiontimeout has wrong format",
            "Connectiontimeout must be at least one millisecond.",
        ),
    ),
    ("disablereuse", Flag("DisableReuse")),
    ("enablereuse", Flag("EnableReuse")),
    ("flusher", Any),
    ("flushpackets", Word(&["on", "off", "auto"], "flushpackets must be on|off|auto")),
    ("flushwait", Number(0, 1000, "flushwait must be <= 1000, or 0 for system default of 10 millseconds.")),
    ("hcexpr", Any),
    ("hcfails", Any),
    ("hcinterval", Any),
    ("hcmethod", Any),
    ("hcpasses", Any),
    ("hctemplate", Any),
    ("hcuri", Any),
    ("iobuffersize", Buffer("IOBufferSize")),
    ("keepalive", Flag("KeepAlive")),
    ("lbset", Number(0, 99, "lbset must be between 0 and 99")),
    ("loadfactor", Factor),
    ("max", Number(0, i32::MAX, "Max must be a positive number")),
    ("min", Number(0, i32::MAX, "Min must be a positive number")),
    (
        "ping",
        Time(
            true,
            "Ping/Pong timeout has wrong format",
            "Ping/Pong timeout must be at least one millisecond",
        ),
    ),
    ("receivebuffersize", Buffer("ReceiveBufferSize")),
    ("redirect", Short(64, "Redirect")),
    (
        "responsefieldsize",
        Number(0, i32::MAX, "ResponseFieldSize must be greater than 0 bytes, or 0 for system default."),
    ),
    ("retry", Number(0, i32::MAX, "Retry must be a positive value")),
    ("route", Short(64, "Route")),
    ("secret", Any),
    ("smax", Number(0, i32::MAX, "Smax must be a positive number")),
    ("status", Status),
    ("timeout", Number(1, i32::MAX, "Timeout must be at least one second")),
    ("ttl", Number(1, i32::MAX, "TTL must be at least one second")),
    ("upgrade", Any),
];

/// Of a balancer: `ProxyPass … balancer://…`, `ProxySet` in `<Proxy balancer://…>`.
pub const BALANCER_PARAMETERS: &[ProxyParameter] = &[
    ("failonstatus", Any),
    ("failontimeout", Flag("failontimeout")),
    ("forcerecovery", Flag("forcerecovery")),
    ("growth", Number(1, 100, "growth must be between 1 and 100")),
    ("lbmethod", Any),
    ("maxattempts", Number(0, i32::MAX, "maximum number of attempts must be a positive number")),
    ("nofailover", Flag("failover")),
    ("nonce", Any),
    ("scolonpathdelim", Flag("scolonpathdelim")),
    ("stickysession", Any),
    ("stickysessionsep", Any),
    ("timeout", Number(1, i32::MAX, "timeout must be at least one second")),
];

/// Words of `ProxyPass` that are no parameters.
pub const PROXY_PASS_WORDS: &[&str] = &["interpolate", "nocanon", "noquery"];

/// Methods of balancers that come with httpd.
pub const LB_METHODS: &[&str] = &["bybusyness", "byrequests", "bytraffic", "heartbeat"];

/// Letters of `status=`.
pub const STATUS_LETTERS: &str = "CDEFGHINORSU";
