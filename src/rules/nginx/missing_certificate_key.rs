//! `nginx/missing-certificate-key`: a certificate without a key.

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::ScopeKind;
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/missing-certificate-key",
    severity: Severity::Error,
    summary: "a certificate without a key",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/missing-certificate-key.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        let list =
            |server, name| nginx.list(context.files, server, name).map_or_else(Vec::new, |(_, all)| all);
        for server in nginx.of_kind(ScopeKind::Server).filter(|&server| nginx.is_certain(server)) {
            let certificates = list(server, "ssl_certificate");
            let keys = list(server, "ssl_certificate_key").len();
            if let Some(bare) = certificates.get(keys) {
                sink.report_once(finding(*bare, keys));
            }
        }
    }
}

fn finding(certificate: NodeRef<'_>, keys: usize) -> Option<Diagnostic> {
    let file = certificate.arg(0)?;
    let message = format!("the certificate {file} has no key: nginx does not start");
    let label = match keys {
        0 => "no `ssl_certificate_key` belongs to this".to_owned(),
        1 => "a second certificate, and there is one `ssl_certificate_key`".to_owned(),
        _ => format!("one more certificate, and there are {keys} `ssl_certificate_key`s"),
    };
    let found = Diagnostic::new(certificate.head(), message, label).note(format!(
        "nginx logs: no \"ssl_certificate_key\" is defined for certificate \"{file}\" (and no line)"
    ));
    // certbot keeps the two side by side, under these names.
    let key = file.strip_suffix("/fullchain.pem").filter(|dir| dir.contains("/letsencrypt/live/"));
    let Some(key) = key.filter(|_| keys == 0).map(|dir| format!("ssl_certificate_key {dir}/privkey.pem;"))
    else {
        let help = match keys {
            0 => "write `ssl_certificate_key` and the file of the key below it",
            _ => "write an `ssl_certificate_key` for each certificate, in the same order, or take one out",
        };
        return Some(found.help(help));
    };
    let fix = Fix::safe("name certbot's key", vec![edits::insert_line_after(certificate, &key)]);
    Some(found.help(format!("write `{key}`")).fix(fix))
}
