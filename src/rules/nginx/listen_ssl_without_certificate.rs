//! `nginx/listen-ssl-without-certificate`: an address speaks TLS, and its first server has no certificate.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::nginx::{Address, Listen, Nginx, ScopeId, ScopeKind, Site, Sites};
use crate::tree::NodeRef;
use crate::value::nginx_flag;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/listen-ssl-without-certificate",
    severity: Severity::Error,
    summary: "an address speaks TLS, and its default server has no certificate",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/nginx/listen-ssl-without-certificate.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for nginx in context.stack.nginx.iter().filter(|nginx| nginx.whole) {
        let sites = Sites::of(nginx, context.files);
        // What cannot be read may be this address, and the server before it.
        if sites.unread {
            continue;
        }
        let names: HashSet<u16> = sites
            .sites
            .iter()
            .filter_map(|site| match &site.address {
                Address::Name(_, port) => Some(*port),
                _ => None,
            })
            .collect();
        for site in sites.sites.iter().filter(|site| !names.contains(&site.address.port())) {
            let Some(bare) = Bare::of(context, nginx, site) else { continue };
            if seen.insert(nginx.scope(bare.listen.server).at) {
                sink.report(bare.say(context, nginx, site));
            }
        }
    }
}

/// A server that has to show a certificate and has none.
struct Bare<'a> {
    /// Where it listens.
    listen: Listen<'a>,
    /// Where its address is said to speak TLS.
    ssl: Listen<'a>,
}

impl<'a> Bare<'a> {
    /// The server nginx refuses: the default one, or any where that one turns all handshakes down.
    fn of(context: &Context<'a>, nginx: &'a Nginx, site: &Site<'a>) -> Option<Self> {
        let speaks = |listen: &&Listen<'_>| listen.has(&["ssl", "quic"]);
        let ssl = *site.listens.iter().find(speaks)?;
        let certain = site.listens.iter().all(|listen| nginx.is_certain(listen.server));
        let default = site.listens.iter().find(|listen| listen.is_default()).or(site.listens.first())?;
        let has = |listen: &Listen<'_>| nginx.find(context.files, listen.server, "ssl_certificate").is_some();
        if !certain || has(default) {
            return None;
        }
        let rejects = |listen: &Listen<'_>| rejects(context, nginx, listen.server);
        let listen = if rejects(default) {
            *site.listens.iter().find(|listen| !has(listen) && !rejects(listen))?
        } else {
            *default
        };
        Some(Self { listen, ssl })
    }

    fn say(&self, context: &Context<'_>, nginx: &Nginx, site: &Site<'_>) -> Diagnostic {
        let address = &site.address;
        let own = self.listen.node == self.ssl.node;
        let head = nginx.head(context.files, self.listen.server).unwrap_or_else(|| self.listen.span());
        let message = match (own, site.listens.len()) {
            (true, _) => {
                format!("this server speaks TLS on {address} and has no certificate: nginx does not start")
            }
            _ => format!(
                "{address} speaks TLS, and the server that answers first has no certificate: nginx does not start"
            ),
        };
        let found = if own {
            Diagnostic::new(self.listen.span(), message, "wants an `ssl_certificate`")
                .label(head, "no certificate in this server, nor around it")
        } else {
            Diagnostic::new(
                self.listen.span(),
                message,
                "the default server of the address, without `ssl_certificate`",
            )
            .label(self.ssl.span(), "makes all servers of the address speak TLS")
        };
        let word = if self.ssl.has(&["quic"]) && !self.ssl.has(&["ssl"]) { "quic" } else { "ssl" };
        found
            .note(format!(
                "nginx logs: no \"ssl_certificate\" is defined for the \"listen ... {word}\" directive (and names the `server` line)"
            ))
            .help("write `ssl_certificate` and `ssl_certificate_key`, or `ssl_reject_handshake on;` where no name of this server is asked for")
            .fix(self.fix(context, nginx, site))
    }

    /// What lets nginx start: plain HTTP on a port for that, the one certificate there is, or no TLS at all
    /// for this server.
    fn fix(&self, context: &Context<'_>, nginx: &Nginx, site: &Site<'_>) -> Option<Fix> {
        let many = site.listens.iter().filter(|listen| listen.has(&["ssl", "quic"])).count() > 1;
        if matches!(site.address.port(), 80 | 8080) && !many {
            return without_ssl(self.ssl.node)
                .map(|edit| Fix::risky("speak plain HTTP on this port", vec![edit]));
        }
        let add = |text: &str| {
            let into = self.listen.implied;
            if into {
                edits::insert_first_in_block(self.listen.node, text)
            } else {
                Some(edits::insert_line_after(self.listen.node, text))
            }
        };
        let Some([certificate, key]) = only_pair(context, nginx) else {
            let edit = add("ssl_reject_handshake on;")?;
            return Some(Fix::risky("turn TLS down until there is a certificate", vec![edit]));
        };
        let lines = [("ssl_certificate", certificate), ("ssl_certificate_key", key)];
        let lines = lines.map(|(name, word)| format!("{name} {word};"));
        let edit = if self.listen.implied {
            add(&lines.join(" "))?
        } else {
            edits::insert_lines_after(self.listen.node, &lines)
        };
        Some(Fix::risky("show the certificate of the other servers", vec![edit]))
    }
}

/// Takes `ssl` out of a `listen`, with the blanks before it.
fn without_ssl(node: NodeRef<'_>) -> Option<Edit> {
    let index = (1..node.words().len()).find(|&index| node.arg(index).is_some_and(|text| text == "ssl"))?;
    let (before, word) = (node.arg_span(index - 1)?, node.arg_span(index)?);
    Some(Edit::replace(Span::new(before.hi, word.hi), ""))
}

/// The certificate and the key, as they are written, where all servers that have any have the same.
fn only_pair<'a>(context: &Context<'a>, nginx: &'a Nginx) -> Option<[&'a str; 2]> {
    let mut found = [None; 2];
    for scope in
        nginx.scope_ids().filter(|&id| matches!(nginx.scope(id).kind, ScopeKind::Http | ScopeKind::Server))
    {
        for (name, word) in ["ssl_certificate", "ssl_certificate_key"].into_iter().zip(&mut found) {
            for node in nginx.here(context.files, scope, name) {
                let text = node.tree.slice(node.arg_span(0)?);
                if word.replace(text).is_some_and(|other| other != text) {
                    return None;
                }
            }
        }
    }
    Some([found[0]?, found[1]?])
}

fn rejects(context: &Context<'_>, nginx: &Nginx, server: ScopeId) -> bool {
    let switch = nginx.find(context.files, server, "ssl_reject_handshake");
    // What is no switch is another rule's.
    switch.is_some_and(|found| found.node.arg(0).is_none_or(|text| nginx_flag(&text) != Ok(false)))
}
