//! `body/nginx-below-php`: nginx refuses requests that PHP was set up to take.

use std::collections::BTreeMap;

use super::{DIRECTIVE, POST, Size, UPLOAD, raise};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::Chain;
use crate::stack::hop::Hop;
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind};
use crate::stack::setting::Setting;
use crate::value::bytes_text;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "body/nginx-below-php",
    severity: Severity::Warning,
    summary: "nginx refuses requests that PHP was set up to take",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/body/nginx-below-php.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut groups: BTreeMap<Span, Vec<Refusal<'_>>> = BTreeMap::new();
    for chain in context.stack.chains(context.files) {
        for refusal in chain.hops.iter().filter_map(|hop| Refusal::at(context, &chain, hop)) {
            groups.entry(refusal.cause(context)).or_default().push(refusal);
        }
    }
    for group in groups.values_mut() {
        group.sort_by_key(|refusal| std::cmp::Reverse((refusal.deliberate, refusal.size.bytes)));
        if let Some(worst) = group.first() {
            let severity = if worst.deliberate { Severity::Warning } else { Severity::Hint };
            sink.report_as(severity, finding(context, group, worst));
        }
    }
}

/// A hop of nginx that takes less than PHP.
struct Refusal<'a> {
    nginx: &'a Nginx,
    hop: &'a Hop,
    limit: Setting<u64>,
    size: Size,
    /// Whether somebody chose PHP's value: it is not what PHP comes with.
    deliberate: bool,
    pool: String,
}

impl<'a> Refusal<'a> {
    fn at(context: &Context<'a>, chain: &Chain<'a>, hop: &'a Hop) -> Option<Self> {
        let nginx = context.stack.nginx_of(hop)?;
        let limit = nginx.size(context.files, hop.scope, DIRECTIVE, 1 << 20)?;
        if limit.value == 0 || (limit.is_default() && !nginx.whole) {
            return None;
        }
        let (size, deliberate) = largest(context, chain).filter(|(size, _)| limit.value < size.bytes)?;
        Some(Self { nginx, hop, limit, size, deliberate, pool: chain.pool.name.clone() })
    }

    /// The directive; the hop where there is none, one for each server.
    fn cause(&self, context: &Context<'_>) -> Span {
        let server = self.server().and_then(|server| self.nginx.head(context.files, server));
        self.limit.span().or(server).unwrap_or(self.hop.span)
    }

    fn server(&self) -> Option<ScopeId> {
        self.nginx.enclosing(self.hop.scope, ScopeKind::Server)
    }
}

/// The limit of PHP that nginx undercuts: a chosen one before one that PHP comes with. A request has to pass
/// `post_max_size`; where that is off, a file `upload_max_filesize`.
fn largest(context: &Context<'_>, chain: &Chain<'_>) -> Option<(Size, bool)> {
    let read = |(key, default): (&'static str, &'static str)| {
        let last = chain.hops.last().copied();
        let setting = context.stack.php_setting(context.files, last, chain.fpm, chain.pool, key, default)?;
        let size = Size::read(key, &setting)?;
        Some((size, size.is_chosen(default)))
    };
    let (post, upload) = (read(POST), read(UPLOAD));
    match (post, upload) {
        (Some((post, false)), Some((upload, true))) if upload.bytes < post.bytes => Some((upload, true)),
        (Some(post), _) => Some(post),
        (None, upload) => upload,
    }
}

fn finding(context: &Context<'_>, group: &[Refusal<'_>], worst: &Refusal<'_>) -> Diagnostic {
    let limit = bytes_text(worst.limit.value).to_ascii_lowercase();
    let default = if worst.limit.is_default() { " (default)" } else { "" };
    let wanted = bytes_text(worst.size.bytes);
    let message = format!(
        "nginx takes requests of {limit}{default} and PHP of {wanted}: an upload in between answers 413 before PHP sees it"
    );
    let (span, label) = match worst.limit.span() {
        Some(span) => (span, format!("nginx refuses what is larger than {limit}")),
        None => (worst.hop.span, format!("{DIRECTIVE} is {limit} (default) here")),
    };
    let mut found = Diagnostic::new(span, message, label);
    found = match worst.size.span {
        Some(span) => found.label(span, worst.size.words()),
        None => found,
    };
    if worst.limit.span().is_some() {
        found = found.label(worst.hop.span, format!("uploads go to pool [{}] from here", worst.pool));
    }
    let size = wanted.to_ascii_lowercase();
    found
        .note("nginx logs: client intended to send too large body: … bytes")
        .help(format!(
            "write `{DIRECTIVE} {size};` in this server, or lower {} to {}",
            worst.size.key,
            limit.to_ascii_uppercase()
        ))
        .fix(repair(context, group, &size))
}

/// Raises the value where it stands for this server or location alone; below a value for all, each server gets its own.
fn repair(context: &Context<'_>, group: &[Refusal<'_>], size: &str) -> Option<Fix> {
    let mut edits: Vec<Edit> = Vec::new();
    for refusal in group {
        let edit = raise(context, refusal.nginx, refusal.hop.scope, size)?;
        if !edits.iter().any(|other| other.span == edit.span) {
            edits.push(edit);
        }
    }
    Some(Fix::risky(format!("let nginx take {size}"), edits))
}
