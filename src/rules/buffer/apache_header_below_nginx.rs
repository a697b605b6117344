//! `buffer/apache-header-below-nginx`: nginx lets headers in that the Apache behind it refuses.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Entry};
use crate::stack::endpoint::Endpoint;
use crate::stack::hop::{Hop, Owner, Protocol};
use crate::stack::nginx::{Buffers, ScopeId};
use crate::stack::setting::Setting;
use crate::tree::At;
use crate::value;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "buffer/apache-header-below-nginx",
    severity: Severity::Warning,
    summary: "nginx lets headers in that the Apache behind it refuses",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/buffer/apache-header-below-nginx.md"),
    check,
};

/// A limit of Apache: its name, what it limits, what a request over it gets and what is logged.
struct Limit {
    name: &'static str,
    /// The name in lower case.
    key: &'static str,
    what: &'static str,
    status: u16,
    log: &'static str,
}

const FIELD: Limit = Limit {
    name: "LimitRequestFieldSize",
    key: "limitrequestfieldsize",
    what: "a header",
    status: 400,
    log: "AH00561: Request header exceeds LimitRequestFieldSize: Cookie",
};

const LINE: Limit = Limit {
    name: "LimitRequestLine",
    key: "limitrequestline",
    what: "a request line",
    status: 414,
    log: "AH00565: request failed: client's request-line exceeds LimitRequestLine",
};

/// What Apache takes where nothing is set.
const DEFAULT: u64 = 8190;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    let stack = context.stack;
    for hop in stack.hops.iter().filter(|hop| matches!(hop.protocol, Protocol::Http | Protocol::Https)) {
        for leg in &hop.legs {
            let Endpoint::Tcp { port, .. } = leg.endpoint else { continue };
            let apaches = stack.listeners_at(leg).filter_map(|listener| match listener.owner {
                Owner::Apache(index) => stack.apache.get(index),
                _ => None,
            });
            for apache in apaches {
                for limit in [&FIELD, &LINE] {
                    let step = Step::of(context, hop, apache, port, limit);
                    if let Some(step) = step.filter(|step| seen.insert((step.place(hop), limit.name))) {
                        sink.report(step.finding(context, hop, limit));
                    }
                }
            }
        }
    }
}

/// A leg from nginx to an Apache that takes less.
struct Step<'a> {
    apache: &'a Apache,
    /// The virtual host that reads the headers: the first one of the port, before the name is known.
    vhost: ScopeId,
    buffers: Setting<Buffers>,
    set: Option<&'a Entry>,
    bytes: u64,
}

impl<'a> Step<'a> {
    fn of(context: &Context<'a>, hop: &Hop, apache: &'a Apache, port: u16, limit: &Limit) -> Option<Self> {
        let nginx = context.stack.nginx_of(hop)?;
        let default = Buffers { count: 4, size: 8 << 10 };
        let buffers = nginx.buffers(context.files, hop.scope, "large_client_header_buffers", default)?;
        let vhost = apache.vhosts().find(|&vhost| apache.answers_port(vhost, port)).unwrap_or(ScopeId(0));
        let set = apache.find(vhost, limit.key).map(|(entry, _)| entry);
        let bytes = match set {
            Some(entry) => {
                let reading = value::apache_int(entry.value(0)?);
                u64::try_from(reading.value).ok().filter(|_| reading.whole)?
            }
            // Buffers are raised for cookies; a default limit of the request line is left alone.
            None if apache.whole && limit.name == FIELD.name && !buffers.is_default() => DEFAULT,
            None => return None,
        };
        let known = nginx.whole || !buffers.is_default();
        // The line break takes two bytes of nginx's buffer and none of Apache's limit.
        let too_small = buffers.value.size > bytes + 2;
        (known && too_small).then_some(Self { apache, vhost, buffers, set, bytes })
    }

    /// What it is known by, so that many hops to one Apache are one finding.
    fn place(&self, hop: &Hop) -> At {
        self.set.map_or(hop.at, |entry| entry.at)
    }

    fn finding(&self, context: &Context<'_>, hop: &Hop, limit: &Limit) -> Diagnostic {
        let (size, bytes, name) = (self.buffers.value.size, self.bytes, limit.name);
        let message = format!(
            "nginx lets {} of {size} bytes in and Apache takes {bytes}: a request in between answers {}",
            limit.what, limit.status
        );
        let front = format!("nginx takes up to {size} bytes");
        let behind = format!("Apache takes {bytes} bytes");
        let found = match (self.set, self.buffers.span()) {
            (Some(entry), Some(span)) => {
                Diagnostic::new(entry.span(context.files), message, behind).label(span, front)
            }
            (Some(entry), None) => Diagnostic::new(entry.span(context.files), message, behind)
                .label(hop.span, format!("{front} (default)")),
            (None, set) => Diagnostic::new(set.unwrap_or(hop.span), message, front)
                .label(hop.span, format!("{behind} (default)")),
        };
        found
            .note(format!("Apache logs, with `LogLevel info` only: {}", limit.log))
            .help(format!(
                "write `{name} {size}` in the first virtual host of the port, where Apache reads it"
            ))
            .fix(
                self.edit(context, name)
                    .map(|edit| Fix::risky(format!("let Apache take {size} bytes"), vec![edit])),
            )
    }

    fn edit(&self, context: &Context<'_>, name: &str) -> Option<Edit> {
        let size = self.buffers.value.size.to_string();
        if let Some(entry) = self.set {
            return edits::replace_arg(context.files.node(entry.at), 0, &size);
        }
        let vhost = self.apache.node(context.files, self.vhost)?;
        edits::insert_first_in_block(vhost, &format!("{name} {size}"))
    }
}
