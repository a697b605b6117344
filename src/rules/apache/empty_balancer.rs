//! `apache/empty-balancer`: requests are handed to a balancer that has no members.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::load::apache::Arg;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::spelling::closest;
use crate::stack::apache::{Apache, Entry};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/empty-balancer",
    severity: Severity::Error,
    summary: "requests are handed to a balancer that has no members, and answer 503",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/apache/empty-balancer.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in context.stack.apache.iter().filter(|apache| apache.whole) {
        // Members may have been added by hand and kept.
        if apache.everywhere("balancerpersist").next().is_some() {
            continue;
        }
        for entry in apache.section_ids().flat_map(|id| &apache.section(id).entries) {
            let Some((arg, name)) = balancer(entry) else { continue };
            let known = apache.balancers.iter().any(|balancer| balancer.name.eq_ignore_ascii_case(&name));
            if !known {
                sink.report_once(finding(context, apache, entry, arg, &name));
            }
        }
    }
}

/// The balancer a directive hands requests to.
fn balancer(entry: &Entry) -> Option<(&Arg, String)> {
    let place = match entry.name.as_str() {
        "proxypass" | "proxypassmatch" => entry.args.iter().take(2).find(|arg| is_balancer(&arg.value))?,
        "rewriterule" => entry.args.get(1).filter(|arg| is_balancer(&arg.value))?,
        _ => return None,
    };
    let rest = &place.value[SCHEME.len()..];
    let name = rest.split('/').next()?.split(':').next()?.to_ascii_lowercase();
    let known = !name.is_empty() && !name.contains(['$', '%', '{', '<', '@']);
    known.then_some((place, name))
}

const SCHEME: &str = "balancer://";

fn is_balancer(text: &str) -> bool {
    text.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME))
}

fn finding(context: &Context<'_>, apache: &Apache, entry: &Entry, arg: &Arg, name: &str) -> Diagnostic {
    let message = format!("`balancer://{name}` has no members: every request that goes here answers 503");
    let found = Diagnostic::new(entry.span(context.files), message, "no `BalancerMember` is for it")
        .note(format!("Apache logs: AH01171: balancer://{name}: No workers in balancer"));
    let names = apache.balancers.iter().map(|balancer| balancer.name.as_str());
    let Some(meant) = closest(name, names) else {
        return found.help(format!(
            "write `<Proxy \"balancer://{name}\">` with a `BalancerMember` for each backend, or the name of a balancer \
             that has some"
        ));
    };
    let from = SCHEME.len();
    let edit = arg.part(from, from + name.len()).map(|span| Edit::replace(span, meant));
    found
        .help(format!("write `balancer://{meant}`"))
        .fix(edit.map(|edit| Fix::safe(format!("hand them to balancer://{meant}"), vec![edit])))
}
