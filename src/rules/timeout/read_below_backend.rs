//! `timeout/read-below-backend`: nginx waits less for an answer than the pool may take.

use super::ladder::{self, Wait};
use crate::diagnostic::{Edit, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::hop::{Hop, Protocol};
use crate::stack::nginx::ScopeKind;
use crate::stack::setting::Origin;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "timeout/read-below-backend",
    severity: Severity::Warning,
    summary: "nginx waits less for an answer than the pool may take",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/timeout/read-below-backend.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for group in ladder::broken(context, |hop| wait(context, hop).into_iter().collect()) {
        let Some((worst, found)) = group.first().zip(ladder::finding(&group, "nginx", 504)) else { continue };
        let place =
            context.stack.nginx_of(worst.hop).map(|nginx| nginx.title(context.files, worst.hop.scope));
        let help = format!(
            "write `{} {}s;` in `{}`",
            worst.wait.name,
            worst.needed,
            place.as_deref().unwrap_or("the location")
        );
        let fix = ladder::repair(&group, |rung| raise(context, rung.hop, &rung.wait, rung.needed));
        sink.report(found.note(LOG).help(help).fix(fix));
    }
}

const LOG: &str =
    "nginx logs: upstream timed out (110: Connection timed out) while reading response header from upstream";

/// How long nginx waits at a hop; `None` when it is another gateway's, or may be set out of sight.
pub(super) fn wait(context: &Context<'_>, hop: &Hop) -> Option<Wait> {
    let nginx = context.stack.nginx_of(hop)?;
    let name = directive(hop.protocol);
    let setting = nginx.time(context.files, hop.scope, &name, 60_000)?;
    if setting.is_default() && !nginx.whole {
        return None;
    }
    let own = match setting.origin {
        Origin::Set(_) => nginx.value_span(context.files, hop.scope, &name),
        Origin::Inherited(_) | Origin::Default => None,
    };
    Some(Wait { millis: setting.value, span: setting.span(), name, own, scope: hop.scope })
}

fn directive(protocol: Protocol) -> String {
    format!("{}_read_timeout", protocol.nginx_prefix())
}

/// Raises the value where it stands for this place alone; a value from further out stays as it is for the others,
/// and the place gets its own.
pub(super) fn raise(context: &Context<'_>, hop: &Hop, wait: &Wait, needed: i64) -> Option<Edit> {
    let time = format!("{needed}s");
    if let Some(span) = wait.own {
        return Some(Edit::replace(span, super::quoted_like(context, span, &time)));
    }
    let nginx = context.stack.nginx_of(hop)?;
    let line = format!("{} {time};", wait.name);
    let scope = nginx.scope(hop.scope);
    if scope.kind == ScopeKind::Location {
        return Some(edits::insert_line_after(context.files.node(hop.at), &line));
    }
    // In an `if` or `limit_except` the directive is not allowed: it goes in front of that block.
    Some(edits::insert_line_before(context.files.node(scope.at?), &line))
}
