//! The words of `mod_rewrite`.

/// Flags of `RewriteRule`, in any case. Only those with a long form have two names.
pub const RULE_FLAGS: &[&str] = &[
    "B",
    "backrefescaping",
    "BCTLS",
    "BNE",
    "BNP",
    "backrefernoplus",
    "C",
    "chain",
    "CO",
    "cookie",
    "DPI",
    "discardpath",
    "E",
    "env",
    "END",
    "F",
    "forbidden",
    "G",
    "gone",
    "H",
    "handler",
    "L",
    "last",
    "N",
    "next",
    "NC",
    "nocase",
    "NE",
    "noescape",
    "NS",
    "nosubreq",
    "P",
    "proxy",
    "PT",
    "passthrough",
    "QSA",
    "qsappend",
    "QSD",
    "qsdiscard",
    "QSL",
    "qslast",
    "R",
    "redirect",
    "S",
    "skip",
    "T",
    "type",
    "UNC",
    "UnsafeAllow3F",
    "UnsafePrefixStat",
];

/// Flags of `RewriteCond`, in any case.
pub const COND_FLAGS: &[&str] = &["NC", "nocase", "NV", "novary", "OR", "ornext"];

/// Words of `RewriteOptions`, in any case, besides `MaxRedirects=`.
pub const REWRITE_OPTIONS: &[&str] = &[
    "AllowAnyURI",
    "AllowNoSlash",
    "IgnoreContextInfo",
    "IgnoreInherit",
    "Inherit",
    "InheritBefore",
    "InheritDown",
    "InheritDownBefore",
    "LegacyPrefixDocRoot",
    "LongURLOptimization",
    "MergeBase",
    "UnsafePrefixStat",
];

/// Functions of `RewriteMap … int:`; their case counts.
pub const INTERNAL_MAPS: &[&str] = &["escape", "tolower", "toupper", "unescape"];

/// Whether httpd has a line for an HTTP status of its own.
pub fn is_http_status(status: u32) -> bool {
    STATUS.iter().any(|range| range.contains(&status))
}

const STATUS: &[std::ops::RangeInclusive<u32>] = &[
    100..=103,
    200..=208,
    226..=226,
    300..=305,
    307..=308,
    400..=417,
    421..=424,
    426..=426,
    428..=429,
    431..=431,
    451..=451,
    500..=508,
    510..=511,
];
