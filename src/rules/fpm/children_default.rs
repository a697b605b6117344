//! `fpm/children-default`: a public site has the few children a package comes with.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::endpoint::Endpoint;
use crate::stack::fpm::Pool;
use crate::stack::hop::{Gateway, Listener, Owner};
use crate::stack::nginx::ScopeKind;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/children-default",
    severity: Severity::Hint,
    summary: "a public site has the five children that Debian's package comes with",
    fixable: Fixable::No,
    card: include_str!("../../../rules/fpm/children-default.md"),
    check,
};

/// What the package of Debian and Ubuntu says.
const PACKAGE: [(&str, i64); 4] = [
    ("pm.max_children", 5),
    ("pm.start_servers", 2),
    ("pm.min_spare_servers", 1),
    ("pm.max_spare_servers", 3),
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (_, pool) in context.stack.pools() {
        let of_package = PACKAGE.iter().all(|&(key, number)| pool.number(key) == Some(number));
        if of_package && is_public(context, pool) {
            sink.report_once(finding(pool));
        }
    }
}

/// Whether visitors of a name get to the pool, from other machines, on the port of the web.
fn is_public(context: &Context<'_>, pool: &Pool) -> bool {
    context.stack.callers(context.files, pool).iter().any(|caller| {
        let Gateway::Nginx(index) = caller.hop.gateway else { return false };
        let nginx = &context.stack.nginx[index];
        let Some(server) = nginx.enclosing(caller.hop.scope, ScopeKind::Server) else { return false };
        let named = nginx
            .here(context.files, server, "server_name")
            .any(|node| node.args().any(|name| name.contains('.') && !name.starts_with('~')));
        let open = |listener: &Listener| {
            matches!(listener.endpoint, Endpoint::Tcp { port: 443, .. }) && !listener.endpoint.is_loopback()
        };
        named && context.stack.listeners_of(Owner::Nginx(index, server)).any(open)
    })
}

fn finding(pool: &Pool) -> Option<Diagnostic> {
    let children = pool.get("pm.max_children")?;
    let message = format!(
        "pool [{}] answers 5 requests at a time, the number Debian's package comes with: while five visitors wait for a slow page, all others wait too",
        pool.name
    );
    let found = Diagnostic::new(children.span, message, "the number of the package")
        .note(format!(
            "when it happens FPM logs: WARNING: [pool {}] server reached pm.max_children setting (5), consider raising it",
            pool.name
        ))
        .help("divide the memory that PHP may have by what a child takes (40 to 80 MB as a rule), and write that");
    Some(found)
}
