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

/// A place other than the server's that says more.
struct Better {
    /// What the server says, or a part of it.
    server: &'static str,
    /// The rule whose error stands elsewhere.
    rule: &'static str,
    why: &'static str,
}

static BETTER: &[Better] = &[
    Better {
        server: "unknown directive",
        rule: "syntax/missing-semicolon",
        why: "nginx reads on to the next `;` and names that line; the directive that is not ended stands above it",
    },
    Better {
        server: "unexpected \"",
        rule: "syntax/missing-semicolon",
        why: "nginx names the brace it ran into; the directive that is not ended stands above it",
    },
    Better {
        server: "expecting \";\" or \"}\"",
        rule: "syntax/missing-semicolon",
        why: "nginx names the last line of the file; the directive that is not ended stands above it",
    },
    Better {
        server: "is not terminated by \";\"",
        rule: "syntax/missing-semicolon",
        why: "nginx names the brace it ran into; the directive that is not ended stands above it",
    },
    Better {
        server: "expecting \"}\"",
        rule: "syntax/unclosed-block",
        why: "nginx names the last line of the file; the block that is not closed begins above it",
    },
    Better {
        server: "directive is not allowed here",
        rule: "syntax/unclosed-block",
        why: "nginx takes the next block for a part of the one that is not closed, which begins above it",
    },
    Better {
        server: "unknown directive",
        rule: "nginx/unknown-directive",
        why: "nginx names the line where a directive of many lines ends; its name stands where it begins",
    },
    Better {
        server: "no \"ssl_certificate\" is defined",
        rule: "nginx/listen-ssl-without-certificate",
        why: "nginx names the line of `server`; the one that asks for TLS is its `listen`",
    },
    Better {
        server: "unexpected \"",
        rule: "syntax/unclosed-quote",
        why: "nginx reads past the quote that is not closed, which stands above the line it names",
    },
    Better {
        server: "unexpected end of file",
        rule: "syntax/unclosed-quote",
        why: "PHP names the line behind the last one; the quote stands above it",
    },
];

/// Why an error of `rule` stands in a better place than `line`, which the server names with `message`.
pub(crate) fn better(line: usize, message: &str, rule: &str) -> Option<&'static str> {
    if line == 0 {
        return Some("the server names no line");
    }
    let known = |better: &&Better| message.contains(better.server) && rule == better.rule;
    BETTER.iter().find(known).map(|better| better.why)
}

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

/// Files of the corpus that a server refuses for a reason gwlint does not see.
static UNSEEN: &[(&str, &str)] = &[
    (
        "debian-packages/php-arthurhoaro-web-thumbnailer/usr/share/php/WebThumbnailer/resources/htaccess_template",
        "`{new_all}` is filled in by a program",
    ),
    ("httpd-manual/mod/mod_md/25.conf", "a file of JSON, and taken for one"),
    (
        "httpd-manual/mod/mod_proxy/5.conf",
        "a line on its own: the `<Proxy>` or `ProxyPass` that makes its worker is in another file",
    ),
    (
        "lasseh__nginx-conf/nginx.conf",
        "the format of the log is defined in a file that is included and not in the corpus",
    ),
    (
        "nginx.org-docs/docs/http/ngx_http_hls_module/0.conf",
        "`hls` belongs in a location, as here; the server of the record only had its name",
    ),
    (
        "test-nginx/lua-nginx-module/t/139-ssl-cert-by/30.conf",
        "lua's check that a server with ssl_certificate_by_lua speaks TLS is not known",
    ),
    (
        "test-nginx/lua-nginx-module/t/166-ssl-client-hello/32.conf",
        "lua's check that a server with ssl_client_hello_by_lua speaks TLS is not known",
    ),
];

/// Why nothing is said of this file.
pub(crate) fn unseen(path: &str) -> Option<&'static str> {
    UNSEEN.iter().find(|(known, _)| path == *known).map(|(_, why)| *why)
}

/// Why gwlint is right about this file.
pub(crate) fn in_corpus(path: &str) -> Option<&'static str> {
    CORPUS.iter().find(|(known, _)| path == *known).map(|(_, why)| *why)
}
