//! `nginx/conflicting-server-name`: two servers of one address have the same name, and one never answers for it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::names::{Key, is_filled_in, keys, lower};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::nginx::{Nginx, ScopeId, Site, Sites};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/conflicting-server-name",
    severity: Severity::Warning,
    summary: "two servers of one address have the same name, and one never answers for it",
    fixable: Fixable::No,
    card: include_str!("../../../rules/nginx/conflicting-server-name.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut seen = HashSet::new();
    for nginx in &context.stack.nginx {
        let sites = Sites::of(nginx, context.files);
        let mut names: HashMap<ScopeId, Vec<Name<'_>>> = HashMap::new();
        for site in sites.sites.iter().filter(|site| site.listens.len() > 1) {
            for listen in &site.listens {
                names.entry(listen.server).or_insert_with(|| names_of(context, nginx, listen.server));
            }
            for clash in clashes(nginx, site, &names) {
                if seen.insert((clash.first.span, clash.names[0].span)) {
                    sink.report(clash.say(site));
                }
            }
        }
    }
}

/// A name of a server.
struct Name<'a> {
    /// As nginx compares it.
    text: Cow<'a, str>,
    /// Where it is written; the head of a server that has none.
    span: Span,
}

/// The names of a server that nginx looks up, the empty one where there are none. What is not in sight
/// or filled in is left out; so are regular expressions, of which nginx tries one after the other.
fn names_of<'a>(context: &Context<'a>, nginx: &'a Nginx, server: ScopeId) -> Vec<Name<'a>> {
    let mut names = Vec::new();
    let mut any = !nginx.is_certain(server);
    for node in nginx.here(context.files, server, "server_name") {
        any = true;
        for word in node.words() {
            let text = node.value(*word);
            // nginx refuses a `*` that is neither the first label nor the last.
            let odd = text == "*" || text.trim_start_matches("*.").trim_end_matches(".*").contains('*');
            if !text.starts_with('~') && !odd && !is_filled_in(&text) {
                names.push(Name { text: lower(text), span: word.span });
            }
        }
    }
    if let (false, Some(span)) = (any, nginx.head(context.files, server)) {
        names.push(Name { text: Cow::Borrowed(""), span });
    }
    names
}

/// The names that a server shares with one before it.
struct Clash<'a> {
    first: &'a Name<'a>,
    names: Vec<&'a Name<'a>>,
    server: ScopeId,
}

fn clashes<'a>(nginx: &Nginx, site: &Site<'_>, names: &'a HashMap<ScopeId, Vec<Name<'a>>>) -> Vec<Clash<'a>> {
    let mut taken: HashMap<Key<'a>, (&'a Name<'a>, ScopeId)> = HashMap::new();
    let mut found: Vec<Clash<'a>> = Vec::new();
    for server in site.listens.iter().map(|listen| listen.server) {
        let together = |other: ScopeId| {
            let places = nginx.scope(server).at.zip(nginx.scope(other).at);
            server != other && places.is_some_and(|(here, there)| nginx.together(here, there))
        };
        for name in names.get(&server).into_iter().flatten() {
            let before = keys(&name.text).find_map(|key| taken.get(&key).copied());
            let Some((first, other)) = before else {
                let keys = keys(&name.text);
                taken.extend(keys.map(|key| (key, (name, server))));
                continue;
            };
            if !together(other) {
                continue;
            }
            match found.last_mut() {
                Some(clash) if clash.server == server && clash.names.len() < 20 => clash.names.push(name),
                _ => found.push(Clash { first, names: vec![name], server }),
            }
        }
    }
    found
}

impl Clash<'_> {
    fn say(&self, site: &Site<'_>) -> Diagnostic {
        let address = &site.address;
        let name = &self.names[0];
        let log = format!("nginx logs: conflicting server name \"{}\" on {address}, ignored", name.text);
        if name.span == self.first.span {
            let message =
                format!("the file of this server is included twice: the second never answers on {address}");
            return Diagnostic::new(name.span, message, "read twice").note(log).help("include the file once");
        }
        let message = if name.text.is_empty() {
            let default = site.listens.iter().find(|listen| listen.is_default());
            let last = default.is_some_and(|listen| listen.server == self.server);
            let what = if last { "what comes without a name goes there" } else { "this one never answers" };
            format!("another server without a name is on {address}: {what}")
        } else {
            let names: Vec<String> = self.names.iter().map(|name| format!("`{}`", name.text)).collect();
            format!(
                "another server on {address} answers for {}: no request for that comes to this one",
                names.join(", ")
            )
        };
        let label =
            if name.text.is_empty() { "has no name, either" } else { "the second server of this name" };
        Diagnostic::new(name.span, message, label)
            .label(self.first.span, "nginx reads this one first, and takes it")
            .note(log)
            .help("put both into one server, or take one of them out")
    }
}
