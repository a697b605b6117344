//! The names an expression of Apache httpd knows, after `server/util_expr_eval.c`.

/// Variables: `%{REQUEST_URI}`, in any case.
const VARIABLES: &[&str] = &[
    "API_VERSION",
    "AUTH_TYPE",
    "CONN_LOG_ID",
    "CONN_REMOTE_ADDR",
    "CONTENT_TYPE",
    "CONTEXT_DOCUMENT_ROOT",
    "CONTEXT_PREFIX",
    "DOCUMENT_ROOT",
    "DOCUMENT_URI",
    "HANDLER",
    "HTTP2",
    "HTTPS",
    "HTTP_ACCEPT",
    "HTTP_COOKIE",
    "HTTP_FORWARDED",
    "HTTP_HOST",
    "HTTP_PROXY_CONNECTION",
    "HTTP_REFERER",
    "HTTP_USER_AGENT",
    "IPV6",
    "IS_SUBREQ",
    "LAST_MODIFIED",
    "PATH_INFO",
    "QUERY_STRING",
    "REMOTE_ADDR",
    "REMOTE_HOST",
    "REMOTE_IDENT",
    "REMOTE_PORT",
    "REMOTE_USER",
    "REQUEST_FILENAME",
    "REQUEST_LOG_ID",
    "REQUEST_METHOD",
    "REQUEST_SCHEME",
    "REQUEST_STATUS",
    "REQUEST_URI",
    "SCRIPT_FILENAME",
    "SCRIPT_GROUP",
    "SCRIPT_USER",
    "SERVER_ADMIN",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "SERVER_SOFTWARE",
    "THE_REQUEST",
    "TIME",
    "TIME_DAY",
    "TIME_HOUR",
    "TIME_MIN",
    "TIME_MON",
    "TIME_SEC",
    "TIME_WDAY",
    "TIME_YEAR",
];

/// Beginnings of the variables of `mod_ssl` and `mod_proxy_hcheck`.
const VARIABLE_PREFIXES: &[&str] = &["SSL_", "HC_"];

/// Functions that return a string, in any case: `req('Host')`, `%{req:Host}`.
const FUNCTIONS: &[&str] = &[
    "base64",
    "env",
    "escape",
    "file",
    "filesize",
    "hc",
    "http",
    "ldap",
    "md5",
    "note",
    "osenv",
    "req",
    "req_novary",
    "reqenv",
    "resp",
    "sha1",
    "ssl",
    "tolower",
    "toupper",
    "unbase64",
    "unescape",
];

/// Functions that return a list, behind `in`.
const LIST_FUNCTIONS: &[&str] = &["PeerExtList"];

/// Operators with one operand; their case counts.
const UNARY: &[&str] = &["A", "F", "L", "R", "T", "U", "d", "e", "f", "h", "n", "s", "x", "z"];

/// Operators with two operands that have a name of their own.
const BINARY: &[&str] = &["fnmatch", "ipmatch", "strcmatch", "strmatch"];

/// What a name in an expression stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExprName {
    /// `%{NAME}`.
    Variable,
    /// `name(…)`, `%{name:…}`.
    Function,
    /// `in name(…)`.
    List,
    /// `-x …`.
    Unary,
    /// `… -name …`.
    Binary,
}

impl ExprName {
    /// All names of this kind.
    pub fn all(self) -> &'static [&'static str] {
        match self {
            Self::Variable => VARIABLES,
            Self::Function => FUNCTIONS,
            Self::List => LIST_FUNCTIONS,
            Self::Unary => UNARY,
            Self::Binary => BINARY,
        }
    }

    /// Whether httpd and the modules that come with it know the name.
    pub fn knows(self, name: &str) -> bool {
        let prefixed =
            |prefix: &&str| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        match self {
            Self::Unary => UNARY.contains(&name),
            Self::Variable if VARIABLE_PREFIXES.iter().any(prefixed) => true,
            _ => self.all().iter().any(|known| known.eq_ignore_ascii_case(name)),
        }
    }
}
