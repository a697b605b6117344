//! `apache/conflicting-server-name`: two virtual hosts of one address have the same name, and one never answers for it.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Severity};
use crate::load::apache::Arg;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::apache::{Apache, is_conditional};
use crate::stack::nginx::ScopeId;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/conflicting-server-name",
    severity: Severity::Warning,
    summary: "two virtual hosts of one address have the same name, and one never answers for it",
    fixable: Fixable::No,
    card: include_str!("../../../rules/apache/conflicting-server-name.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in &context.stack.apache {
        let mut taken: HashMap<(String, String), Name> = HashMap::new();
        for host in hosts(context, apache) {
            for address in addresses(apache, host) {
                for name in names(context, apache, host) {
                    let key = (address.clone(), name.text.clone());
                    let first = taken.entry(key).or_insert_with(|| name.clone());
                    // What a host says twice of itself, or a file that is included twice, takes nothing away.
                    if first.host != host && first.span != name.span {
                        sink.report_once(say(first, &name, &address));
                    }
                }
            }
        }
    }
}

/// A name a virtual host answers for.
#[derive(Clone)]
struct Name {
    host: ScopeId,
    /// As Apache compares it; empty where nothing says it.
    text: String,
    span: Span,
    /// Whether the virtual host has none of its own.
    inherited: bool,
}

/// The virtual hosts that are certainly there, in the order Apache looks through them. One that is found by its path
/// answers under any name.
fn hosts<'a>(context: &'a Context<'_>, apache: &'a Apache) -> impl Iterator<Item = ScopeId> + 'a {
    let judged = apache.whole && apache.modules.complete;
    apache.vhosts().filter(move |&host| {
        let certain = apache.node(context.files, host).is_some_and(|node| {
            let mut around = std::iter::successors(node.parent(), |node| node.parent());
            judged || !around.any(|section| is_conditional(section.name()))
        });
        certain && apache.here(host, "serverpath").next().is_none()
    })
}

/// The addresses of a virtual host, each written one way.
fn addresses(apache: &Apache, host: ScopeId) -> impl Iterator<Item = String> {
    let known = apache.section(host).args.iter().filter(|arg| is_known(arg));
    known.map(|arg| {
        let text = arg.value.to_ascii_lowercase().replace("_default_", "*");
        let has_port = text.rsplit_once(':').is_some_and(|(_, port)| !port.contains(']'));
        if has_port { text } else { format!("{text}:*") }
    })
}

/// The names of a virtual host. One without a `ServerName` has that of the main server.
fn names(context: &Context<'_>, apache: &Apache, host: ScopeId) -> Vec<Name> {
    let name = |arg: &Arg| Name { host, text: plain(&arg.value), span: arg.span, inherited: false };
    let own = apache.here(host, "servername").next_back();
    let aliases = apache.here(host, "serveralias").flat_map(|entry| &entry.args);
    let own_args = own.into_iter().filter_map(|entry| entry.args.first());
    let mut names: Vec<Name> = own_args.chain(aliases).filter(|arg| is_known(arg)).map(name).collect();
    if own.is_none()
        && let Some(node) = apache.node(context.files, host)
    {
        names.extend(of_main(apache, host).map(|text| Name {
            host,
            text,
            span: node.head(),
            inherited: true,
        }));
    }
    names
}

/// The name a virtual host for all addresses gets from the main server; empty where that has none, either.
fn of_main(apache: &Apache, host: ScopeId) -> Option<String> {
    let for_all = |address: String| address.starts_with("*:");
    if !addresses(apache, host).all(for_all) {
        return Some(String::new());
    }
    match apache.here(ScopeId(0), "servername").next_back() {
        Some(entry) => Some(plain(&entry.args.first().filter(|arg| is_known(arg))?.value)),
        None => Some(String::new()),
    }
}

/// Whether no template and no variable fills it in.
fn is_known(arg: &Arg) -> bool {
    !arg.value.contains(['$', '{', '<', '@', '%'])
}

/// A name in small letters, without scheme and port.
fn plain(text: &str) -> String {
    let host = text.split_once("://").map_or(text, |(_, host)| host);
    host.split([':', '/']).next().unwrap_or(host).to_ascii_lowercase()
}

fn say(first: &Name, name: &Name, address: &str) -> Diagnostic {
    let message = if name.text.is_empty() {
        format!(
            "a virtual host before it on {address} has no ServerName, either: no request gets to this one by its name"
        )
    } else {
        format!(
            "the virtual host before it on {address} answers for `{}`: no request for that gets to this one",
            name.text
        )
    };
    let label = |name: &Name, other: &'static str| match (name.inherited, name.text.as_str()) {
        (false, _) => other.to_owned(),
        (true, "") => "has no ServerName".to_owned(),
        (true, text) => format!("has no ServerName, and takes `{text}` from the main server"),
    };
    Diagnostic::new(name.span, message, label(name, "the second of this name"))
        .label(first.span, label(first, "Apache finds this one first, and takes it"))
        .note("Apache logs nothing; `apache2ctl -S` lists both")
        .help("put both into one virtual host, or give each a ServerName of its own")
}
