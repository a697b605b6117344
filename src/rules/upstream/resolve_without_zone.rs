//! `upstream/resolve-without-zone`: a server is to be looked up again and again, and there is no place to note it.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::rules::target::name_server;
use crate::stack::nginx::{Nginx, Upstream};
use crate::tree::NodeRef;
use crate::version::Version;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "upstream/resolve-without-zone",
    severity: Severity::Error,
    summary: "`resolve` in an upstream without a `zone` or a `resolver`, with which nginx does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/upstream/resolve-without-zone.md"),
    check,
};

/// Since then nginx itself, and not only the one that is sold, takes `resolve`.
const SINCE: Version = Version::new(1, 27, 3);

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    // What older versions say of `resolve` is for version/too-new.
    if context.stack.targets.nginx.is_some_and(|version| version < SINCE) {
        return;
    }
    for nginx in &context.stack.nginx {
        for group in &nginx.upstreams {
            sink.report_once(finding(context, nginx, group));
        }
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, group: &Upstream) -> Option<Diagnostic> {
    let mut servers = nginx.here(context.files, group.scope, "server");
    let node = servers.find(|node| is_looked_up(*node))?;
    let span = node.words().iter().find(|&&word| node.value(word) == "resolve")?.span;
    let name = &group.name;
    let here = |word| nginx.here(context.files, group.scope, word).next().is_some();
    let certain = nginx.is_certain(group.scope);
    if !here("zone") && !nginx.scope(group.scope).open {
        let line = format!("zone {name} 64k;");
        let message =
            format!("`resolve` needs a `zone` for all workers, and `{name}` has none: nginx does not start");
        let log = format!(
            "nginx logs: [emerg] resolving names at run time requires upstream \"{name}\" to be in shared memory"
        );
        let found = Diagnostic::new(span, message, "looked up again and again")
            .label(group.name_span, "has no `zone`");
        let plain =
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        let fix =
            plain.then(|| Fix::safe("give it a zone", vec![before(context, nginx, group, node, &line)]));
        return Some(found.note(log).help(format!("write `{line}` in the upstream")).fix(fix));
    }
    if here("resolver") || !certain || nginx.find(context.files, group.scope, "resolver").is_some() {
        return None;
    }
    let message = "`resolve` needs a `resolver` to ask, and there is none: nginx does not start";
    let log = format!(
        "nginx logs: [emerg] no resolver defined to resolve names at run time in upstream \"{name}\""
    );
    let line = name_server(context).map(|server| format!("resolver {server};"));
    let edit = line.map(|line| before(context, nginx, group, node, &line));
    let help = "name the name server of /etc/resolv.conf in `http`: `resolver 127.0.0.53;`, in Docker `resolver 127.0.0.11;`";
    let found = Diagnostic::new(span, message, "looked up again and again")
        .label(group.name_span, "has no `resolver`");
    Some(
        found
            .note(log)
            .help(help)
            .fix(edit.map(|edit| Fix::risky("ask the name server of the machine", vec![edit]))),
    )
}

/// Whether a server is a name that is looked up while nginx runs.
fn is_looked_up(server: NodeRef<'_>) -> bool {
    let mut words = server.args();
    let name = words.next().is_some_and(|address| {
        let host = address.split(':').next().unwrap_or_default();
        host != "unix" && !address.starts_with('[') && host.parse::<std::net::Ipv4Addr>().is_err()
    });
    name && words.any(|word| word == "resolve")
}

/// Adds a line above the first server of a group.
fn before(context: &Context<'_>, nginx: &Nginx, group: &Upstream, server: NodeRef<'_>, line: &str) -> Edit {
    let first = nginx.here(context.files, group.scope, "server").next().unwrap_or(server);
    edits::insert_line_before(first, line)
}
