//! `apache/unheard-virtual-host`: a virtual host for a port on which Apache does not listen.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::Apache;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/unheard-virtual-host",
    severity: Severity::Warning,
    summary: "a virtual host for a port on which Apache does not listen",
    fixable: Fixable::No,
    card: include_str!("../../../rules/apache/unheard-virtual-host.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in context.stack.apache.iter().filter(|apache| apache.whole && apache.modules.complete) {
        let Some(ports) = ports(apache) else { continue };
        for host in apache.vhosts() {
            let Some(node) = apache.node(context.files, host) else { continue };
            let mut asked = apache.section(host).args.iter().map(|arg| port(&arg.value));
            let Some(Some(first)) = asked.next() else { continue };
            if ports.contains(&first) || !asked.all(|port| port == Some(first)) {
                continue;
            }
            let mut listed: Vec<u16> = ports.iter().copied().collect();
            listed.sort_unstable();
            let listed = listed.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
            let message = format!(
                "Apache does not listen on port {first}, only on {listed}: no request gets to this virtual host"
            );
            let mut found = Diagnostic::new(node.head(), message, "nobody is heard here");
            if let Some((_, listen)) = apache.everywhere("listen").next() {
                found = found.label(listen.span(context.files), "listens");
            }
            sink.report(
                found
                    .note("visitors get another virtual host, or \"connection refused\"; Apache logs nothing")
                    .help(format!("write `Listen {first}` beside the other, or the port it listens on here")),
            );
        }
    }
}

/// The ports Apache listens on; `None` where one of them is not known.
fn ports(apache: &Apache) -> Option<HashSet<u16>> {
    let lines = apache.everywhere("listen").map(|(_, entry)| {
        let text = entry.value(0)?;
        text.rsplit(':').next()?.parse().ok()
    });
    let ports: HashSet<u16> = lines.collect::<Option<_>>()?;
    (!ports.is_empty()).then_some(ports)
}

/// The port of `*:80`; `None` of an address without one, or one that is not known.
fn port(address: &str) -> Option<u16> {
    let (_, port) = address.rsplit_once(':').filter(|(_, port)| !port.contains(']'))?;
    port.parse().ok()
}
