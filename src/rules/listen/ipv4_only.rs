//! `listen/ipv4-only`: a server listens on IPv4 alone, and another one answers for it over IPv6.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Address, Listen, Nginx, Site, Sites};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "listen/ipv4-only",
    severity: Severity::Hint,
    summary: "a server listens on IPv4 alone, and over IPv6 another one answers for its names",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/listen/ipv4-only.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        let sites = Sites::of(nginx, context.files);
        if sites.unread {
            continue;
        }
        for site in &sites.sites {
            let Address::V4(Ipv4Addr::UNSPECIFIED, port) = site.address else { continue };
            let over_six = |other: &&Site<'_>| other.address == Address::V6(Ipv6Addr::UNSPECIFIED, port);
            let Some(six) = sites.sites.iter().find(over_six) else { continue };
            for &listen in site.listens.iter().filter(|listen| !listens(six, **listen)) {
                sink.report_once(finding(context, nginx, port, listen, six));
            }
        }
    }
}

/// Whether the server of `listen` is one of those of a site.
fn listens(site: &Site<'_>, listen: Listen<'_>) -> bool {
    site.listens.iter().any(|other| other.server == listen.server)
}

fn finding(
    context: &Context<'_>,
    nginx: &Nginx,
    port: u16,
    listen: Listen<'_>,
    six: &Site<'_>,
) -> Option<Diagnostic> {
    let name = nginx.here(context.files, listen.server, "server_name").next()?.arg(0)?;
    let named = name.contains('.') && !name.starts_with('~');
    let default = six.listens.iter().find(|listen| listen.is_default()).or(six.listens.first())?;
    let together = nginx.together(listen.node.at(), default.node.at());
    // A socket for both takes IPv4 too, and then neither of these says all.
    let both = six.listens.iter().any(|listen| listen.has(&["ipv6only=off"]));
    if !named || !together || both || listen.implied || !nginx.is_certain(listen.server) {
        return None;
    }
    let message = format!(
        "this server listens on IPv4 alone: who asks for {name} over IPv6 gets the pages of another one, if the name has such an address"
    );
    let options = ["ssl", "http2", "proxy_protocol"].into_iter().filter(|option| listen.has(&[*option]));
    let words: Vec<String> =
        std::iter::once(format!("listen [::]:{port}")).chain(options.map(str::to_owned)).collect();
    let line = format!("{};", words.join(" "));
    Some(
        Diagnostic::new(listen.span(), message, "IPv4 alone")
            .label(default.span(), "answers for it over IPv6")
            .note("nothing is logged but the request, in the log of the other server")
            .help(format!("write `{line}` below it"))
            .fix(Fix::risky("listen on IPv6 too", vec![edits::insert_line_after(listen.node, &line)])),
    )
}
