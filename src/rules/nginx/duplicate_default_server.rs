//! `nginx/duplicate-default-server`: two servers are the default of one address.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::nginx::{Address, Listen, Sites};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/duplicate-default-server",
    severity: Severity::Error,
    summary: "two servers are the default of one address",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/nginx/duplicate-default-server.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for site in Sites::of(nginx, context.files).sites {
            let mut defaults = site.listens.iter().filter(|listen| listen.is_default());
            let Some(&first) = defaults.next() else { continue };
            for &listen in defaults {
                // Two of one server are nginx/duplicate-listen.
                if first.server != listen.server && nginx.together(first.node.at(), listen.node.at()) {
                    sink.report_once(finding(&site.address, first, listen));
                }
            }
        }
    }
}

fn finding(address: &Address, first: Listen<'_>, second: Listen<'_>) -> Diagnostic {
    let message = format!("{address} has a default server already: nginx does not start");
    let found = Diagnostic::new(second.span(), message, "this would be the default, too")
        .note(format!("nginx logs: a duplicate default server for {address}"));
    if first.node == second.node {
        return found.help("include the file it stands in once");
    }
    let fix = without_default(second);
    found
        .label(first.span(), format!("the default server of {address}"))
        .help("write `default_server` in one of the two: it answers for names that no other server has")
        .fix(fix.map(|edit| Fix::risky("leave the first one the default", vec![edit])))
}

/// Takes the option out, with the blanks before it.
fn without_default(listen: Listen<'_>) -> Option<Edit> {
    let is_default = |index: &usize| {
        listen.node.arg(*index).is_some_and(|text| matches!(&*text, "default_server" | "default"))
    };
    let index = (1..listen.node.words().len()).find(is_default)?;
    let (before, word) = (listen.node.arg_span(index - 1)?, listen.node.arg_span(index)?);
    Some(Edit::replace(Span::new(before.hi, word.hi), ""))
}
