//! `tls/key-does-not-match`: a private key is not the one of its certificate.

use std::collections::HashSet;
use std::path::Path;

use super::{file, home};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::nginx::ScopeKind;
use crate::value::Certificate;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "tls/key-does-not-match",
    severity: Severity::Error,
    summary: "a private key is not the one of its certificate, and the server does not start",
    fixable: Fixable::No,
    card: include_str!("../../../rules/tls/key-does-not-match.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for pair in of_nginx(context).into_iter().chain(of_apache(context)) {
        let fits = || {
            let certificate = Certificate::first(&file(context, &pair.home, &pair.certificate.0)?)?;
            certificate.fits(&file(context, &pair.home, &pair.key.0)?)
        };
        if seen.insert(pair.key.1) && fits() == Some(false) {
            sink.report(finding(&pair));
        }
    }
}

/// A certificate and a key that stand together, as they are written and where.
struct Pair {
    certificate: (String, Span),
    key: (String, Span),
    home: std::path::PathBuf,
    server: &'static str,
}

/// nginx takes the first key for the first certificate, the second for the second.
fn of_nginx(context: &Context<'_>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for nginx in &context.stack.nginx {
        for server in nginx.of_kind(ScopeKind::Server) {
            let all =
                |name| nginx.list(context.files, server, name).map_or_else(Vec::new, |(_, nodes)| nodes);
            for (certificate, key) in all("ssl_certificate").into_iter().zip(all("ssl_certificate_key")) {
                let written =
                    |node: crate::tree::NodeRef<'_>| Some((node.arg(0)?.into_owned(), node.arg_span(0)?));
                if let (Some(certificate), Some(key)) = (written(certificate), written(key)) {
                    pairs.push(Pair { certificate, key, home: home(context, nginx), server: "nginx" });
                }
            }
        }
    }
    pairs
}

fn of_apache(context: &Context<'_>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for apache in &context.stack.apache {
        for vhost in apache.vhosts() {
            let all = |name| apache.here(vhost, name).collect::<Vec<_>>();
            let (certificates, keys) = (all("sslcertificatefile"), all("sslcertificatekeyfile"));
            // Of several each may have any key.
            if let ([certificate], [key]) = (certificates.as_slice(), keys.as_slice())
                && let (Some(path), Some(other)) = (certificate.value(0), key.value(0))
            {
                pairs.push(Pair {
                    certificate: (path.to_owned(), certificate.span(context.files)),
                    key: (other.to_owned(), key.span(context.files)),
                    home: Path::new("/").to_path_buf(),
                    server: "Apache",
                });
            }
        }
    }
    pairs
}

fn finding(pair: &Pair) -> Diagnostic {
    let (path, key) = (&pair.certificate.0, &pair.key.0);
    let message = format!(
        "the key in {key} is not the one of the certificate in {path}: {} does not start",
        pair.server
    );
    let log = if pair.server == "nginx" {
        format!(
            "nginx logs: [emerg] SSL_CTX_use_PrivateKey(\"{key}\") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)"
        )
    } else {
        format!("Apache logs: AH02565: Certificate and private key … from {path} and {key} do not match")
    };
    Diagnostic::new(pair.key.1, message, "another key")
        .label(pair.certificate.1, "this certificate was made with a key of its own")
        .note(log)
        .help("name the key the certificate was requested with, or get a certificate for this key")
}
