//! `buffer/client-header-too-small`: the cookies of an ordinary visitor do not fit.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::edits;
use crate::options::{OptionKind, RuleOption};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, ScopeId};
use crate::tree::NodeRef;
use crate::value::{nginx_number, nginx_size, nginx_size_text};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "buffer/client-header-too-small",
    severity: Severity::Warning,
    summary: "the cookies or the address of an ordinary request do not fit into nginx's buffers",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/buffer/client-header-too-small.md"),
    check,
};

/// The largest header line that has to fit.
pub(crate) static MINIMUM: RuleOption =
    RuleOption { rule: RULE.name, key: "minimum", kind: OptionKind::Bytes, default: 4096 };

/// What is written instead, or the minimum, if that is more: nginx's default.
const ENOUGH: u64 = 8192;

/// `connection_pool_size` where nothing is said.
const POOL: u64 = 512;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let minimum = context.options.of(&MINIMUM);
    let mut seen = HashSet::new();
    for nginx in &context.stack.nginx {
        for scope in nginx.scope_ids() {
            for node in nginx.here(context.files, scope, "large_client_header_buffers") {
                if !seen.insert(node.at()) {
                    continue;
                }
                if let Some((severity, found)) = finding(context, nginx, scope, node, minimum) {
                    sink.report_as(severity, found);
                }
            }
        }
    }
}

fn finding(
    context: &Context<'_>,
    nginx: &Nginx,
    scope: ScopeId,
    node: NodeRef<'_>,
    minimum: u64,
) -> Option<(Severity, Diagnostic)> {
    let count = nginx_number(&node.arg(0)?).ok()?;
    let size = nginx_size(&node.arg(1)?).ok()?;
    let pool = nginx.size(context.files, scope, "connection_pool_size", POOL)?;
    let first = nginx.size(context.files, scope, "client_header_buffer_size", 1024)?;
    let words = nginx_size_text(size);
    // Four and more, but never so many that what they hold is too much for a FastCGI record.
    let enough = ENOUGH.max(minimum).max(pool.value);
    let count = if count * enough <= 65536 { count.max(4) } else { 4 };
    let line = format!("{count} {}", nginx_size_text(enough));
    let help = format!("write `large_client_header_buffers {line};`");
    let edits = vec![edits::set_value(node, &line)];
    if size < pool.value {
        let message = format!(
            "a buffer of {words} is smaller than the pool of a connection ({}): nginx does not start",
            pool.value
        );
        let found = Diagnostic::new(node.head(), message, "nginx refuses this")
            .note("nginx logs: the \"large_client_header_buffers\" size must be equal to or greater than \"connection_pool_size\"")
            .help(help)
            .fix(Fix::safe(format!("write `{line}`"), edits));
        return Some((Severity::Error, found));
    }
    if size >= minimum || first.value >= minimum {
        return None;
    }
    let message = format!(
        "no line of a request's header may be longer than {words}: a visitor with more cookies gets 400 \"Request Header Or \
         Cookie Too Large\", one with a longer address 414"
    );
    let found = Diagnostic::new(node.head(), message, format!("{words} for the longest line"))
        .note("nginx logs, at the level info: client sent too long header line: \"Cookie: …\" while reading client request headers")
        .help(help)
        .fix(Fix::risky(format!("take lines of {}", nginx_size_text(enough)), edits));
    Some((Severity::Warning, found))
}
