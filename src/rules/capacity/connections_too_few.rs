//! `capacity/connections-too-few`: a worker of nginx may hold a handful of connections.

use std::collections::HashSet;

use super::{connections, is_gateway, open_files};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::options::{OptionKind, RuleOption};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, Sites};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "capacity/connections-too-few",
    severity: Severity::Warning,
    summary: "a worker of nginx may hold too few connections for a gateway, or for its own listening sockets",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/capacity/connections-too-few.md"),
    check,
};

/// The least number that is no finding for a gateway.
pub(crate) static MINIMUM: RuleOption =
    RuleOption { rule: RULE.name, key: "minimum", kind: OptionKind::Number, default: 64 };

/// What is written instead, or the minimum, if that is more.
const ENOUGH: u64 = 1024;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let minimum = context.options.of(&MINIMUM);
    for (index, nginx) in context.stack.nginx.iter().enumerate() {
        let Some((node, number)) = connections(context, nginx) else { continue };
        let sockets = sockets(context, nginx);
        if number <= sockets {
            sink.report_as(Severity::Error, refused(context, nginx, node, (number, sockets), minimum));
        } else if number < minimum && is_gateway(context, index) {
            sink.report(scarce(context, nginx, node, number, minimum));
        }
    }
}

/// How many sockets nginx listens on at least: of the addresses of one port a wildcard may stand for all.
fn sockets(context: &Context<'_>, nginx: &Nginx) -> u64 {
    let sites = Sites::of(nginx, context.files);
    let ports: HashSet<u16> = sites.sites.iter().map(|site| site.address.port()).collect();
    ports.len() as u64
}

fn refused(
    context: &Context<'_>,
    nginx: &Nginx,
    node: NodeRef<'_>,
    (number, sockets): (u64, u64),
    minimum: u64,
) -> Diagnostic {
    let message = format!(
        "nginx listens on {sockets} sockets, each of which takes one of its {number} connections: it does not start"
    );
    let (words, edits) = repair(context, nginx, node, minimum);
    Diagnostic::new(node.head(), message, "too few to begin with")
        .note(format!(
            "nginx logs: {number} worker_connections are not enough for {sockets} listening sockets"
        ))
        .help(format!("write `{words}`"))
        .fix(Fix::safe(format!("write `{words}`"), edits))
}

fn scarce(context: &Context<'_>, nginx: &Nginx, node: NodeRef<'_>, number: u64, minimum: u64) -> Diagnostic {
    let message = format!(
        "a worker of nginx has {number} connections, and a request that is handed on takes two of them: with a few visitors \
         at once the others are dropped or answer 500"
    );
    let (words, edits) = repair(context, nginx, node, minimum);
    Diagnostic::new(node.head(), message, "for visitors, gateways and listening sockets together")
        .note(format!("nginx logs: {number} worker_connections are not enough while connecting to upstream"))
        .help(format!("write `{words}`"))
        .fix(Fix::risky(format!("write `{words}`"), edits))
}

/// The line, and the edits that write it. A limit of open files below it is raised along with it.
fn repair(context: &Context<'_>, nginx: &Nginx, node: NodeRef<'_>, minimum: u64) -> (String, Vec<Edit>) {
    let enough = ENOUGH.max(minimum);
    let mut edits: Vec<Edit> = edits::replace_arg(node, 0, &enough.to_string()).into_iter().collect();
    if let Some((limit, _)) = open_files(context, nginx).filter(|(_, files)| *files < enough) {
        edits.extend(edits::replace_arg(limit, 0, &(2 * enough).to_string()));
    }
    (format!("worker_connections {enough};"), edits)
}
