//! `apache/open-proxy`: `ProxyRequests On` lets everybody use the server to ask others.

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, SectionKind};
use crate::stack::nginx::ScopeId;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/open-proxy",
    severity: Severity::Warning,
    summary: "ProxyRequests On lets everybody use a gateway to ask other servers",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/apache/open-proxy.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in context.stack.apache.iter().filter(|apache| apache.whole) {
        for (scope, entry) in apache.everywhere("proxyrequests") {
            let host = apache.vhost_of(scope);
            let is_on = entry.value(0).is_some_and(|value| value.eq_ignore_ascii_case("on"));
            let Some(pass) = apache.here(host, "proxypass").next().filter(|_| is_on) else { continue };
            if is_guarded(apache, host) {
                continue;
            }
            let node = context.files.node(entry.at);
            let fix = edits::replace_arg(node, 0, "Off")
                .map(|edit| Fix::risky("write ProxyRequests Off", vec![edit]));
            let message = "`ProxyRequests On` makes this gateway a proxy for everybody: strangers reach any server \
                           through it, those behind it too";
            sink.report(
                Diagnostic::new(node.head(), message, "not needed to hand requests on")
                    .label(pass.span(context.files), "works without it")
                    .note("the access log fills with requests for other hosts: \"GET http://example.com/ HTTP/1.1\" 200")
                    .help("write `ProxyRequests Off`")
                    .fix(fix),
            );
        }
    }
}

/// Whether a section says who may use the proxy. What is not understood may say so.
fn is_guarded(apache: &Apache, host: ScopeId) -> bool {
    const WORDS: &[&str] = &["require", "deny", "allow", "order", "authtype", "use", "include"];
    let open = |words: Vec<&str>| words == ["all", "granted"];
    apache.section_ids().any(|id| {
        let of = apache.vhost_of(id);
        let section = apache.section(id);
        let is_proxy = section.kind == SectionKind::Proxy
            || (section.kind == SectionKind::Location
                && section.args.last().is_some_and(|arg| arg.value == "/"));
        let mut inside =
            apache.section_ids().filter(|&inner| apache.around(inner).any(|around| around == id));
        (of == host || of == ScopeId(0))
            && is_proxy
            && inside.any(|inner| {
                apache.section(inner).entries.iter().any(|entry| {
                    let words: Vec<&str> = entry.args.iter().map(|arg| arg.value.as_str()).collect();
                    WORDS.contains(&entry.name.as_str()) && !open(words)
                })
            })
    })
}
