//! `nginx/duplicate-listen`: one server listens twice on the same address.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Address, Listen, Sites};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/duplicate-listen",
    severity: Severity::Error,
    summary: "one server listens twice on the same address",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/duplicate-listen.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for site in Sites::of(nginx, context.files).sites {
            let mut servers = HashMap::new();
            for listen in &site.listens {
                let Some(first) = servers.insert(listen.server, *listen) else { continue };
                sink.report_once(finding(&site.address, first, *listen));
                servers.insert(listen.server, first);
            }
        }
    }
}

fn finding(address: &Address, first: Listen<'_>, second: Listen<'_>) -> Diagnostic {
    let message = format!("this server listens on {address} twice: nginx does not start");
    let again = Diagnostic::new(second.span(), message, "the same address again")
        .note(format!("nginx logs: a duplicate listen {address}"));
    if first.node == second.node {
        return again.help("include the file it stands in once");
    }
    let again = again.label(first.span(), format!("listens on {address} already"));
    let ports = |listen: Listen<'_>| listen.node.arg(0).is_some_and(|text| text.contains('-'));
    if options(first).is_superset(&options(second)) && !ports(second) {
        let fix = Fix::safe("listen once", vec![edits::remove_node(second.node)]);
        return again.help("take the second line out").fix(fix);
    }
    again.help("take one of the two lines out, and give the other all options that are meant")
}

fn options(listen: Listen<'_>) -> BTreeSet<Cow<'_, str>> {
    listen.options().map(|(option, _)| option).collect()
}
