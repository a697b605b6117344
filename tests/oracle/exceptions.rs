//! Where gwlint differs from a server and is right.

use gwlint::diagnostic::Severity;

use crate::mutants::Case;

/// Differences between a server's verdict on a mutant and gwlint's.
struct Exception {
    /// What the server says, or a part of it; empty when it accepts.
    server: &'static str,
    /// The rule that reports an error, or nothing when gwlint is silent.
    rule: &'static str,
    /// A part of what it says.
    says: &'static str,
    why: &'static str,
}

static EXCEPTIONS: &[Exception] = &[
    Exception {
        server: "",
        rule: "fpm/invalid-value",
        says: "`listen` takes",
        why: "`php-fpm -t` looks at no address: the start fails with \"invalid port value\"",
    },
    Exception {
        server: "",
        rule: "target/bad-pass-syntax",
        says: "every request answers 500",
        why: "with a variable in the URL nginx starts, and logs \"invalid URL prefix\" for every request",
    },
    Exception {
        server: "",
        rule: "syntax/unclosed-quote",
        says: "PHP reads nothing from here to the end of the file",
        why: "PHP does not complain of it: without a word it drops all that stands below",
    },
];

/// Why gwlint is right, if this is one of the known differences.
pub(crate) fn why(case: &Case) -> Option<&'static str> {
    let said = |known: &Exception| {
        let mut errors = case.findings.iter().filter(|finding| finding.severity == Severity::Error);
        if known.rule.is_empty() {
            return errors.next().is_none();
        }
        // It has to be all that is said.
        let mut errors = errors.peekable();
        errors.peek().is_some()
            && errors.all(|finding| finding.rule == known.rule && finding.message.contains(known.says))
    };
    let server = |part: &str| {
        if part.is_empty() { case.verdict.accepts } else { case.verdict.message.contains(part) }
    };
    EXCEPTIONS.iter().find(|known| server(known.server) && said(known)).map(|known| known.why)
}

/// Parameters of nginx Plus, which the servers of the record are not.
pub(crate) const PLUS: [&str; 5] =
    ["\"slow_start=", "\"least_time=", "\"status_zone=", "\"ipv4=", "\"route="];

/// Files of the corpus that gwlint judges otherwise than the servers, and why that is right.
static CORPUS: &[(&str, &str)] = &[
    (
        "md-fences/TrafeX__docker-php-nginx/docs/real-ip-behind-loadbalancer.md.fence0.conf",
        "a placeholder and no `;`: taken inside of `types`, where any two words are a type and its suffix",
    ),
    (
        "linuxserver__docker-swag/root/defaults/nginx/proxy.conf.sample",
        "nginx looks at a variable of `proxy_set_header` in `http` when a location passes something on: none does",
    ),
    (
        "php-src-fpm/log-invalid-port-0.conf",
        "`php-fpm -t` looks at no address: the start fails with \"invalid port value '69002'\"",
    ),
    (
        "md-fences/trimstray__nginx-admins-handbook/doc/RULES.md.fence30.conf",
        "a `;` is missing: taken inside of `types`, where any words are a type and its suffixes",
    ),
];

/// Why gwlint is right about this file.
pub(crate) fn in_corpus(path: &str) -> Option<&'static str> {
    CORPUS.iter().find(|(known, _)| path == *known).map(|(_, why)| *why)
}
