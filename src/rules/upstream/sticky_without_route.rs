//! `upstream/sticky-without-route`: a balancer is to keep sessions at one member, and no member has a route.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Balancer, Worker};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "upstream/sticky-without-route",
    severity: Severity::Warning,
    summary: "a balancer is to keep sessions at one member, and cannot tell its members apart",
    fixable: Fixable::No,
    card: include_str!("../../../rules/upstream/sticky-without-route.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in context.stack.apache.iter().filter(|apache| apache.whole) {
        // Routes may have been given to members by hand and kept, or be set for a worker by its URL.
        let elsewhere = apache.everywhere("balancerpersist").next().is_some()
            || apache.workers.iter().any(|worker| worker.param("route").is_some());
        for balancer in apache.balancers.iter().filter(|_| !elsewhere) {
            for worker in apache.workers.iter().filter(|worker| is_of(worker, balancer)) {
                sink.report_once(finding(context, balancer, worker));
            }
        }
    }
}

/// Whether a `ProxyPass` or `ProxySet` is of a balancer.
fn is_of(worker: &Worker, balancer: &Balancer) -> bool {
    let name = worker.url.strip_prefix("balancer://").and_then(|rest| rest.split('/').next());
    name == Some(&balancer.name)
}

fn finding(context: &Context<'_>, balancer: &Balancer, worker: &Worker) -> Option<Diagnostic> {
    let (cookie, span) =
        worker.param("stickysession").filter(|(cookie, _)| !cookie.contains(['$', '{', '<', '@']))?;
    let members: Vec<NodeRef<'_>> = balancer.members.iter().map(|(_, at)| context.files.node(*at)).collect();
    // One that only helps out, or is switched off, shares no sessions with the others.
    let working = members.iter().filter(|member| !has(**member, "status")).count();
    if working < 2 || members.iter().any(|member| has(*member, "route")) {
        return None;
    }
    let name = &balancer.name;
    let message = format!(
        "no member of balancer://{name} has a route: `stickysession={cookie}` keeps nobody at one of them, and a session is lost with the next request"
    );
    let mut found = Diagnostic::new(span, message, format!("looks in {cookie} for the route of a member"));
    for member in members.iter().take(2) {
        found = found.label(member.head(), "has none");
    }
    Some(
        found
            .note("Apache logs nothing: the requests of one session go to all members in turn")
            .help(
                "write `route=…` behind each `BalancerMember`, with what that backend writes behind the dot of the cookie \
                 (jvmRoute of Tomcat)",
            ),
    )
}

/// Whether a member has a parameter.
fn has(member: NodeRef<'_>, key: &str) -> bool {
    member.args().any(|arg| arg.split_once('=').is_some_and(|(name, _)| name.eq_ignore_ascii_case(key)))
}
