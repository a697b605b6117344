//! `nginx/duplicate-listen-options`: two servers set options of one socket.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::nginx::{Address, Listen, Sites};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/duplicate-listen-options",
    severity: Severity::Error,
    summary: "two servers set options of the socket they share",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/duplicate-listen-options.md"),
    check,
};

/// The options that are the socket's: nginx takes them from one `listen` only, even if two say the same.
const WORDS: [&str; 4] = ["bind", "deferred", "multipath", "reuseport"];

/// The same, with a value.
const KEYS: [&str; 8] = [
    "accept_filter=",
    "backlog=",
    "fastopen=",
    "ipv6only=",
    "rcvbuf=",
    "setfib=",
    "sndbuf=",
    "so_keepalive=",
];

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for site in Sites::of(nginx, context.files).sites {
            let mut first: Option<Listen<'_>> = None;
            for &listen in site.listens.iter().filter(|listen| options(**listen).next().is_some()) {
                let Some(before) = first else {
                    first = Some(listen);
                    continue;
                };
                // Two of one server are nginx/duplicate-listen.
                if before.server != listen.server && nginx.together(before.node.at(), listen.node.at()) {
                    sink.report_once(finding(&site.address, before, listen));
                }
            }
        }
    }
}

/// The options of a `listen` that are the socket's.
fn options(listen: Listen<'_>) -> impl Iterator<Item = (String, Span)> {
    let of_socket = |text: &str| WORDS.contains(&text) || KEYS.iter().any(|key| text.starts_with(key));
    let found = listen.options().filter(move |(text, _)| of_socket(text));
    found.map(|(text, span)| (text.into_owned(), span))
}

fn finding(address: &Address, first: Listen<'_>, second: Listen<'_>) -> Diagnostic {
    let words = |listen| options(listen).map(|(text, _)| text).collect::<Vec<_>>();
    let (before, again) = (words(first), words(second));
    let message = format!(
        "`{}` is set for {address}, whose options another server sets: nginx does not start",
        again.join(" ")
    );
    let found = Diagnostic::new(second.span(), message, "options of the same socket")
        .note(format!("nginx logs: duplicate listen options for {address}"));
    if first.node == second.node {
        return found.help("include the file it stands in once");
    }
    let found = found.label(first.span(), format!("`{}` is set for it here", before.join(" ")));
    let help = "leave the options at one `listen` of the address: they are the socket's, not the server's";
    if !again.iter().all(|option| before.contains(option)) {
        return found.help(help);
    }
    let fix = Fix::safe("set the options once", without(second));
    found.help(format!("take `{}` out here: it is the socket's, and set already", again.join(" "))).fix(fix)
}

/// Takes the options out, each with the blanks before it.
fn without(listen: Listen<'_>) -> Vec<Edit> {
    let words = listen.node.words();
    let spans: Vec<Span> = options(listen).map(|(_, span)| span).collect();
    let edit = |pair: &[crate::tree::Word]| {
        let (before, word) = (pair[0].span, pair[1].span);
        spans.contains(&word).then(|| Edit::replace(Span::new(before.hi, word.hi), ""))
    };
    words.windows(2).filter_map(edit).collect()
}
