//! `target/variable-without-resolver`: a pass with a variable leads to a name, and nobody resolves it.

use super::name_server;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits::insert_line_before;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::hop::Hop;
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind, target};
use crate::tree::NodeRef;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "target/variable-without-resolver",
    severity: Severity::Error,
    summary: "a pass with a variable leads to a name, and nginx has no resolver",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/target/variable-without-resolver.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for hop in context.stack.hops.iter().filter(|hop| hop.legs.is_empty() || has_variable(context, hop)) {
        let Some(nginx) = context.stack.nginx_of(hop).filter(|nginx| nginx.whole) else { continue };
        let resolver = nginx.find(context.files, hop.scope, "resolver").is_some();
        if !resolver
            && nginx.is_certain(hop.scope)
            && let Some(name) = Name::of(context, nginx, hop)
        {
            sink.report_once(name.say(context, nginx, hop));
        }
    }
}

fn has_variable(context: &Context<'_>, hop: &Hop) -> bool {
    context.files.node(hop.at).arg(0).is_some_and(|text| text.contains('$'))
}

/// A name that has to be resolved while nginx runs.
struct Name {
    host: String,
    /// Where it is written.
    span: Span,
    /// The same as it can be replaced.
    plain: Option<Span>,
}

impl Name {
    fn of(context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<Self> {
        let node = context.files.node(hop.at);
        let text = node.arg(0).filter(|text| text.contains('$'))?.into_owned();
        let read = target(&text, hop.protocol);
        let at = read.offset;
        let found = if let Some(variable) = read.address.strip_prefix('$') {
            let variable = variable.trim_start_matches('{');
            let length =
                variable.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(variable.len());
            let rest = variable[length..].trim_start_matches('}');
            let set = value_of(context, nginx, hop.scope, &variable[..length])?;
            let value = set.arg(1)?.into_owned();
            let full = format!("{value}{rest}");
            let read = target(&full, hop.protocol);
            Self::read(set, 1, read.offset, read.address)?
        } else {
            Self::read(node, 0, at, read.address)?
        };
        // What is passed to without a variable is resolved when nginx starts, for this pass as well.
        let known = |other: &&Hop| {
            other.at != hop.at && other.legs.iter().any(|leg| leg.shown.to_string().starts_with(&found.host))
        };
        let group = nginx.upstreams.iter().any(|group| group.name.eq_ignore_ascii_case(&found.host));
        let elsewhere =
            context.stack.hops.iter().filter(|other| !has_variable(context, other)).find(known).is_some();
        (!group && !elsewhere).then_some(found)
    }

    /// The host of an address that is none of numbers.
    fn read(node: NodeRef<'_>, index: usize, offset: usize, address: &str) -> Option<Self> {
        let host = address.split(':').next()?;
        let named = !host.is_empty()
            && host.contains(|c: char| c.is_ascii_alphabetic())
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
            && !address.starts_with("unix:");
        let plain = node.plain_span(index).map(|span| {
            let lo = span.lo + offset as u32;
            Span::new(lo, lo + host.len() as u32)
        });
        named.then(|| Self {
            host: host.to_owned(),
            span: node.arg_span(index).unwrap_or_else(|| node.head()),
            plain,
        })
    }

    fn say(&self, context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Diagnostic {
        let host = &self.host;
        let message = format!(
            "with a variable in it this pass resolves `{host}` for each request, and no `resolver` is set: every request answers 502"
        );
        let mut found = Diagnostic::new(hop.span, message, "a variable in the target");
        if !hop.span.contains(self.span) {
            found = found.label(self.span, format!("`{host}` comes from here"));
        }
        let fix = self.fix(context, nginx, hop);
        let help = match &fix {
            Some(fix) if fix.title.starts_with("call") => "write `127.0.0.1`".to_owned(),
            _ => "set a `resolver`, the name server of /etc/resolv.conf (`resolver 127.0.0.11 valid=10s;` in Docker), or pass to an `upstream`".to_owned(),
        };
        found.note(format!("nginx logs: no resolver defined to resolve {host}")).help(help).fix(fix)
    }

    fn fix(&self, context: &Context<'_>, nginx: &Nginx, hop: &Hop) -> Option<Fix> {
        if self.host == "localhost" {
            return Some(Fix::safe("call 127.0.0.1", vec![Edit::replace(self.plain?, "127.0.0.1")]));
        }
        // A name server another server of this nginx asks, or the one the machine asks.
        let other = nginx.scope_ids().find_map(|id| nginx.here(context.files, id, "resolver").next());
        let line = match other {
            Some(node) => format!("{};", node.tree.slice(node.head()).trim_end_matches(';')),
            None => format!("resolver {};", name_server(context)?),
        };
        let inside = nginx.scope(hop.scope).kind == ScopeKind::If;
        let edit = insert_line_before(context.files.node(hop.at), &line);
        (!inside).then(|| Fix::risky("set a resolver", vec![edit]))
    }
}

/// The one `set` that gives a variable its value at a place; `None` where there are more, or it has
/// variables itself.
fn value_of<'a>(context: &Context<'a>, nginx: &'a Nginx, scope: ScopeId, name: &str) -> Option<NodeRef<'a>> {
    let is_of = |node: &NodeRef<'_>| {
        node.arg(0)
            .is_some_and(|text| text.strip_prefix('$').is_some_and(|own| own.eq_ignore_ascii_case(name)))
    };
    let server = nginx.enclosing(scope, ScopeKind::Server)?;
    let mut all = std::iter::once(server)
        .chain(nginx.inside(server))
        .flat_map(|id| nginx.here(context.files, id, "set").map(move |node| (id, node)))
        .filter(|(_, node)| is_of(node));
    let mine: Vec<_> = all
        .by_ref()
        .filter(|(id, _)| {
            nginx.around(scope).any(|around| around == *id) || nginx.scope(*id).kind == ScopeKind::If
        })
        .collect();
    match mine.as_slice() {
        [(id, node)] if nginx.around(scope).any(|around| around == *id) => {
            Some(*node).filter(|node| node.arg(1).is_some_and(|value| !value.contains('$')))
        }
        _ => None,
    }
}
