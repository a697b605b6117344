//! `target/pass-without-port`: a pass names a host without a port, and no upstream of that name is there.

use std::collections::HashSet;

use super::nearest_upstream;
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, Place};
use crate::vocabulary::Contexts;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/pass-without-port",
    severity: Severity::Error,
    summary: "a pass names a host without a port, and no upstream of that name is there",
    fixable: Fixable::No,
    card: include_str!("../../../rules/target/pass-without-port.md"),
    check,
};

/// The passes of `http` whose targets have no port of their own, and the port they often have.
const PASSES: [(&str, &str); 6] = [
    ("fastcgi_pass", "9000"),
    ("grpc_pass", "50051"),
    ("memc_pass", "11211"),
    ("memcached_pass", "11211"),
    ("scgi_pass", "4000"),
    ("uwsgi_pass", "3031"),
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in context.stack.nginx.iter().filter(|nginx| nginx.whole) {
        let named = |place: &Place<'_>| place.node.name() == "upstream";
        let groups: HashSet<(bool, String)> = nginx
            .places(context.files)
            .filter(named)
            .filter_map(|group| Some((in_stream(&group), group.node.arg(0)?.to_ascii_lowercase())))
            .collect();
        for pass in nginx.places(context.files) {
            let known = |name: &str| groups.contains(&(in_stream(&pass), name.to_ascii_lowercase()));
            let Some(diagnostic) = finding(nginx, &pass, known) else { continue };
            if nginx.is_certain(pass.scope) {
                sink.report_once(diagnostic);
            }
        }
    }
}

fn finding(nginx: &Nginx, pass: &Place<'_>, known: impl Fn(&str) -> bool) -> Option<Diagnostic> {
    let directive = pass.node.name();
    let stream = in_stream(pass);
    let port = PASSES.iter().find(|(name, _)| !stream && directive == *name).map(|(_, port)| *port);
    let port = port.or((stream && directive == "proxy_pass").then_some("PORT"))?;
    let written = pass.node.arg(0)?;
    let name = written.trim_start_matches("grpcs://").trim_start_matches("grpc://");
    if name.is_empty() || name.contains([':', '$', '/']) || known(name) {
        return None;
    }
    // target/undefined-upstream says what was meant.
    if !stream && nearest_upstream(nginx, name).is_some() {
        return None;
    }
    let message = format!("`{name}` is no upstream, and as a host it needs a port: nginx does not start");
    let diagnostic = Diagnostic::new(pass.node.arg_span(0)?, message, "neither an upstream nor `host:port`")
        .note(format!("nginx says: no port in upstream \"{name}\""))
        .help(format!("write `{directive} {written}:{port};`, or define `upstream {name} {{ server …; }}`"));
    Some(diagnostic)
}

fn in_stream(place: &Place<'_>) -> bool {
    place.contexts.meets(Contexts::parse("stream,stream-server"))
}
