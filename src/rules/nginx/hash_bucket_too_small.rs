//! `nginx/hash-bucket-too-small`: a name of a server does not fit into the table nginx keeps names in.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::nginx::{Nginx, ScopeId, ScopeKind, Sites};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/hash-bucket-too-small",
    severity: Severity::Error,
    summary: "a name of a server is too long for the table of names, and nginx does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/hash-bucket-too-small.md"),
    check,
};

const DIRECTIVE: &str = "server_names_hash_bucket_size";

/// A line of the processor's cache, which is nginx's default: 64 bytes on all machines of today.
const LINE: u64 = 64;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in context.stack.nginx.iter().filter(|nginx| nginx.whole && nginx.single) {
        for http in nginx.of_kind(ScopeKind::Http) {
            sink.report_some(finding(context, nginx, http));
        }
    }
}

/// A name that does not fit.
struct Long {
    name: String,
    span: Span,
}

impl Long {
    /// Bytes of a bucket that holds it: two pointers, and the name with its length (`NGX_HASH_ELT_SIZE`).
    fn needs(&self) -> u64 {
        16 + (self.name.len() as u64 + 2).next_multiple_of(8)
    }
}

fn finding(context: &Context<'_>, nginx: &Nginx, http: ScopeId) -> Option<Diagnostic> {
    let size = nginx.size(context.files, http, DIRECTIVE, LINE)?;
    let bucket = size.value.next_multiple_of(LINE);
    let shared = sharing(context, nginx);
    let names = nginx.inside(http).filter(|scope| shared.contains(scope)).flat_map(|server| {
        let nodes = nginx.here(context.files, server, "server_name");
        nodes.flat_map(|node| {
            node.words()
                .iter()
                .map(move |&word| Long { name: node.value(word).into_owned(), span: word.span })
        })
    });
    // Names with a star, and expressions, are kept elsewhere, in pieces or in lists.
    let plain =
        |long: &Long| !long.name.contains(['*', '~', '$', '{', '<', '@', '%']) && !long.name.starts_with('.');
    let longest = names.filter(plain).filter(|long| long.needs() > bucket).max_by_key(Long::needs)?;
    let wanted = longest.needs().next_power_of_two();
    let message = format!(
        "this name has {} letters, and nginx keeps names in buckets of {bucket} bytes: it does not start",
        longest.name.len()
    );
    let mut found = Diagnostic::new(longest.span, message, "does not fit");
    if let Some(span) = size.span() {
        found = found.label(span, format!("{bucket} bytes"));
    }
    let fix = edit(context, nginx, http, wanted)
        .map(|edit| Fix::safe(format!("make the buckets {wanted} bytes large"), vec![edit]));
    Some(
        found
            .note(format!(
                "nginx logs: could not build server_names_hash, you should increase {DIRECTIVE}: {bucket}"
            ))
            .help(format!("write `{DIRECTIVE} {wanted};` in `http`"))
            .fix(fix),
    )
}

/// The servers that share an address with another: nginx looks for names only where there is a choice.
fn sharing(context: &Context<'_>, nginx: &Nginx) -> HashSet<ScopeId> {
    let sites = Sites::of(nginx, context.files);
    let mut shared = HashSet::new();
    for site in &sites.sites {
        let servers: HashSet<ScopeId> = site.listens.iter().map(|listen| listen.server).collect();
        if servers.len() > 1 {
            shared.extend(servers);
        }
    }
    shared
}

fn edit(context: &Context<'_>, nginx: &Nginx, http: ScopeId, wanted: u64) -> Option<Edit> {
    if let Some(node) = nginx.here(context.files, http, DIRECTIVE).last() {
        return edits::replace_arg(node, 0, &wanted.to_string());
    }
    let block = context.files.node(nginx.scope(http).at?);
    edits::insert_first_in_block(block, &format!("{DIRECTIVE} {wanted};"))
}
