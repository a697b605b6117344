//! Parameters of nginx that exclude each other.

use super::Contexts;

/// A parameter, and those that cannot stand beside it.
#[derive(Debug, Clone, Copy)]
pub struct Exclusion {
    /// The directive.
    pub directive: &'static str,
    /// Where it stands, as the table of directives names it.
    contexts: &'static str,
    /// The parameter.
    pub parameter: &'static str,
    /// Words, or keys that end in `=`, or `*` for whatever there is.
    pub excludes: &'static [&'static str],
    /// What nginx logs; `%` is the name of the excluded one.
    pub logs: &'static str,
}

impl Exclusion {
    /// Whether it holds in one of the contexts.
    pub fn holds(&self, contexts: Contexts) -> bool {
        Contexts::parse(self.contexts).meets(contexts)
    }
}

/// All of them.
pub const EXCLUSIONS: &[Exclusion] = &[
    Exclusion {
        directive: "listen",
        contexts: "server",
        parameter: "quic",
        excludes: &[
            "ssl",
            "http2",
            "proxy_protocol",
            "backlog=",
            "so_keepalive=",
            "fastopen=",
            "deferred",
            "multipath",
            "accept_filter=",
        ],
        logs: "\"listen\" directive \"%\" parameter is incompatible with \"quic\"",
    },
    Exclusion {
        directive: "listen",
        contexts: "stream-server",
        parameter: "udp",
        excludes: &[
            "ssl",
            "proxy_protocol",
            "backlog=",
            "so_keepalive=",
            "fastopen=",
            "deferred",
            "multipath",
            "accept_filter=",
        ],
        logs: "\"listen\" directive \"%\" parameter is incompatible with \"udp\"",
    },
    Exclusion {
        directive: "disable_symlinks",
        contexts: "http,server,location",
        parameter: "off",
        excludes: &["from="],
        logs: "\"from=\" cannot be used with \"off\" parameter",
    },
    Exclusion {
        directive: "resolver",
        contexts: "any",
        parameter: "ipv4=off",
        excludes: &["ipv6=off"],
        logs: "\"ipv4\" and \"ipv6\" cannot both be \"off\"",
    },
    Exclusion {
        directive: "access_log",
        contexts: "any",
        parameter: "off",
        excludes: &["*"],
        logs: "invalid parameter \"%\"",
    },
];

/// The ways to choose a server of an upstream that know no `backup`.
pub const NO_BACKUP: &[&str] = &["hash", "ip_hash", "random"];
