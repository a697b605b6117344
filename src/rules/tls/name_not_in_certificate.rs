//! `tls/name-not-in-certificate`: a gateway looks for a name that the certificate behind does not have.

use std::collections::HashSet;

use super::sites::{Place, Sites, Told};
use super::{apache_says, in_vhost, over_tls, shown_by, verifies};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits::{insert_line_before, replace_arg};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::{Hop, Listener, Owner, Protocol};
use crate::stack::nginx::target;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "tls/name-not-in-certificate",
    severity: Severity::Error,
    summary: "a gateway looks for a name that the certificate behind does not have",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/tls/name-not-in-certificate.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for (hop, listener) in over_tls(context) {
        let Some(name) = looked_for(context, hop) else { continue };
        let shown = shown_by(context, listener);
        let [shown] = shown.as_slice() else { continue };
        let Some(own) = shown.certificate.names.first().filter(|_| !shown.certificate.is_for(&name)) else {
            continue;
        };
        if !answers(context, hop, listener) || !seen.insert(hop.at) {
            continue;
        }
        let nginx = context.stack.nginx_of(hop).is_some();
        let (status, log) = if nginx {
            (
                502,
                format!(
                    "nginx logs: upstream SSL certificate does not match \"{name}\" while SSL handshaking to upstream"
                ),
            )
        } else {
            (
                500,
                format!(
                    "Apache logs, at level info: AH02411: SSL Proxy: Peer certificate does not match for hostname {name}"
                ),
            )
        };
        let message = format!(
            "the certificate behind is for `{own}`, and `{name}` is looked for: every request answers {status}"
        );
        let help = if nginx {
            format!("write `proxy_ssl_name {own};`")
        } else {
            format!("call it by the name `{own}`, or write `SSLProxyCheckPeerName off`")
        };
        sink.report(
            Diagnostic::new(hop.span, message, format!("looks for `{name}`"))
                .label(shown.span, format!("is for `{own}`"))
                .note(log)
                .help(help)
                .fix(fix(context, hop, own).map(|edit| Fix::risky("make the names agree", vec![edit]))),
        );
    }
}

/// Whether the handshake is made with this listener, and not with another site of its address. Where the name of that
/// one is not sent, tls/sni-not-sent says so.
fn answers(context: &Context<'_>, hop: &Hop, listener: &Listener) -> bool {
    let (Some(nginx), Owner::Nginx(index, server)) = (context.stack.nginx_of(hop), listener.owner) else {
        return true;
    };
    let leg = hop.legs.iter().find(|leg| leg.endpoint.reaches(&listener.endpoint));
    let Some(sites) = leg.and_then(|leg| Sites::at(context, leg)).filter(|sites| sites.all.len() > 1) else {
        return true;
    };
    let taken = Told::by(context, nginx, hop, "").and_then(|told| Some(sites.named(told.name())?.place));
    let meant = looked_for(context, hop).and_then(|name| Some(sites.named(Some(&name))?.place));
    taken == Some(Place::Nginx(index, server)) && meant == taken
}

/// The name a gateway compares with those of the certificate; `None` where it does not, or a variable
/// decides.
fn looked_for(context: &Context<'_>, hop: &Hop) -> Option<String> {
    let host = |authority: &str| {
        let plain = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        plain.to_ascii_lowercase()
    };
    if let Some(nginx) = context.stack.nginx_of(hop) {
        let said = nginx.find(context.files, hop.scope, "proxy_ssl_name").map(|found| found.node.arg(0));
        let name = match said {
            Some(name) => name?.into_owned(),
            None => host(target(&context.files.node(hop.at).arg(0)?, Protocol::Http).address),
        };
        let looks = verifies(context, nginx, hop.scope) && nginx.is_certain(hop.scope);
        return Some(name).filter(|name| looks && !name.contains('$'));
    }
    let apache = context.stack.apache_of(hop)?;
    let (_, url) = apache.url_of(hop)?;
    let rest = url.split_once("://")?.1;
    let quiet = ["sslproxycheckpeername", "sslproxycheckpeercn"];
    let looks = apache.whole
        && apache_says(apache, hop.scope, "sslproxyengine", "on")
        && !quiet.into_iter().any(|name| {
            apache
                .everywhere(name)
                .any(|(_, entry)| entry.value(0).is_some_and(|value| value.eq_ignore_ascii_case("off")))
        });
    // An address may be among the names of a certificate as an address, which is not read.
    let name = host(rest.split('/').next()?);
    let address = name.parse::<std::net::IpAddr>().is_ok() && !name.starts_with("127.");
    Some(name).filter(|name| looks && !address && !name.contains(['$', '%', '[']))
}

fn fix(context: &Context<'_>, hop: &Hop, own: &str) -> Option<Edit> {
    if let Some(nginx) = context.stack.nginx_of(hop) {
        if own.contains('*') {
            return None;
        }
        return match nginx.find(context.files, hop.scope, "proxy_ssl_name") {
            Some(found) if !found.inherited => replace_arg(found.node, 0, own),
            _ => Some(insert_line_before(context.files.node(hop.at), &format!("proxy_ssl_name {own};"))),
        };
    }
    in_vhost(context, context.stack.apache_of(hop)?, hop, &["SSLProxyCheckPeerName off"])
}
