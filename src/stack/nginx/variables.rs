//! Which directives make variables, and which use them.

use std::collections::HashSet;

use super::{Nginx, Place, ScopeId, patterns, regexes};
use crate::load::Workspace;
use crate::spelling::closest;
use crate::tree::{NodeRef, Text};
use crate::value::{NginxCondition, nginx_condition, regex};
use crate::vocabulary::{self, Contexts, Domain};

/// A use of variables.
#[derive(Debug)]
pub enum Use<'a> {
    /// A text with variables in it.
    Text(Text<'a>),
    /// The name of one variable, all that stands behind a `$`.
    Name(Text<'a>),
}

/// The variables the configuration of one nginx makes, in small letters.
#[derive(Debug, Default)]
pub struct Variables {
    made: [HashSet<String>; 2],
}

impl Variables {
    /// What one nginx makes. `None` where a module nobody knows may provide more.
    pub fn of(files: &Workspace, nginx: &Nginx, in_house: impl Fn(&str) -> bool) -> Option<Self> {
        let mut modules = nginx.here(files, ScopeId(0), "load_module");
        if modules.any(|node| !is_known_module(&node.arg(0).unwrap_or_default())) {
            return None;
        }
        let mut all = Self::default();
        for place in nginx.places(files) {
            let (Some(domain), name) = (domain(place.contexts), place.node.name()) else { continue };
            let strange = vocabulary::nginx(name).iter().all(|word| word.origin != "core");
            if strange && (in_house(name) || is_strange(name)) {
                return None;
            }
            let made = &mut all.made[domain as usize];
            made.extend(defined(place.node));
            if strange {
                made.extend(named_anywhere(files, place.node));
            }
            for pattern in patterns(files, place.node).into_iter().filter(|pattern| pattern.names) {
                if let Ok(taken) = regex(&pattern.text.value, pattern.caseless).as_ref() {
                    made.extend(taken.names.iter().map(|name| name.to_ascii_lowercase()));
                }
            }
        }
        Some(all)
    }

    /// Whether there is a variable of this name, made here or by nginx itself.
    pub fn has(&self, name: &str, domain: Domain) -> bool {
        let lower = name.to_ascii_lowercase();
        self.made[domain as usize].contains(&lower) || vocabulary::nginx_variable(&lower, domain).is_some()
    }

    /// The variable that was meant by a name that is none.
    pub fn meant(&self, name: &str, domain: Domain) -> Option<&str> {
        let made = self.made[domain as usize].iter().map(String::as_str);
        let own = vocabulary::nginx_variables(domain).map(|name| -> &str { name });
        closest(name, made.chain(own))
    }
}

/// Which variables are known in these contexts.
pub fn domain(contexts: Contexts) -> Option<Domain> {
    let stream = ["stream", "stream-server", "stream-upstream"];
    let stream = stream.into_iter().filter_map(Contexts::named).fold(Contexts::NONE, |all, one| all | one);
    let mail = ["mail", "mail-server", "main", "events", "mgmt"];
    let mail = mail.into_iter().filter_map(Contexts::named).fold(Contexts::NONE, |all, one| all | one);
    match (contexts.meets(stream), contexts.meets(mail)) {
        _ if contexts.is_empty() => None,
        (false, false) => Some(Domain::Http),
        (true, false) => Some(Domain::Stream),
        _ => None,
    }
}

/// The argument of a directive that names the variable it makes.
pub fn definition(node: NodeRef<'_>) -> Option<Text<'_>> {
    let index = match node.name() {
        "set" | "auth_request_set" | "perl_set" | "js_set" | "js_var" => 0,
        "map" | "split_clients" | "keyval" => 1,
        "geo" => node.words().len().checked_sub(1)?,
        _ => return None,
    };
    Text::arg(node, index)
}

/// The name of the variable a directive makes.
fn defined(node: NodeRef<'_>) -> Option<String> {
    Some(definition(node)?.value.strip_prefix('$')?.to_ascii_lowercase())
}

/// All names of variables in the words of a directive of a module, and in the lines of its block: most of
/// them make variables (`set_md5 $a $b`, `geoip2 … { $country … }`).
fn named_anywhere(files: &Workspace, node: NodeRef<'_>) -> Vec<String> {
    let lines = node.body().filter(|body| body.raw.is_none()).map(|_| regexes::lines(files, node));
    let heads = lines.into_iter().flatten().map(|line| line.name().to_owned());
    let words = node.args().map(|arg| arg.rsplit('=').next().unwrap_or_default().to_owned());
    let names = words.chain(heads).filter_map(|word| Some(word.strip_prefix('$')?.to_ascii_lowercase()));
    names.collect()
}

/// Whether a name that the vocabulary does not have is no slip of the pen: a module provides it.
fn is_strange(name: &str) -> bool {
    let word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    word && vocabulary::nginx(name).is_empty() && closest(name, vocabulary::nginx_names()).is_none()
}

/// Whether all variables of a module are in the vocabulary, by the path of its file.
fn is_known_module(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or_default();
    let name = file.trim_end_matches(".so").trim_end_matches("_module");
    let name = name.trim_start_matches("ngx_").trim_start_matches("http_").trim_start_matches("stream_");
    KNOWN_MODULES.contains(&name)
}

/// Modules that can be loaded and make no variables but those of the vocabulary.
const KNOWN_MODULES: [&str; 25] = [
    "auth_pam",
    "brotli_filter",
    "brotli_static",
    "cache_purge",
    "dav_ext",
    "echo",
    "fancyindex",
    "geoip",
    "geoip2",
    "headers_more_filter",
    "image_filter",
    "js",
    "mail",
    "nchan",
    "ndk_http",
    "perl",
    "rtmp",
    "stream",
    "subs_filter",
    "uploadprogress",
    "upstream_fair",
    "vhost_traffic_status",
    "xslt_filter",
    "zstd_filter",
    "zstd_static",
];

/// Where a directive uses variables.
pub fn uses<'a>(files: &'a Workspace, place: &Place<'a>) -> Vec<Use<'a>> {
    let node = place.node;
    let mut found = match node.name() {
        "if" => condition(node),
        "map" => values(files, node),
        "geo" if node.words().len() == 2 => name(node, 0).into_iter().collect(),
        "charset" | "source_charset" => name(node, 0).into_iter().collect(),
        _ => Vec::new(),
    };
    let count = node.words().len();
    for (index, &word) in node.words().iter().enumerate() {
        if !node.tree.slice(word.span).contains('$') || !vocabulary::nginx_text(node.name(), index, count) {
            continue;
        }
        let text = Text::of(node, word);
        let expression = text.value.starts_with('~') && matches!(node.name(), "proxy_redirect")
            || text.value.starts_with('~') && node.name().starts_with("proxy_cookie_");
        if !expression {
            found.push(Use::Text(text));
        }
    }
    found
}

/// Argument `index` where it is a `$` and a name.
fn name(node: NodeRef<'_>, index: usize) -> Option<Use<'_>> {
    let text = Text::arg(node, index)?;
    text.value.starts_with('$').then(|| Use::Name(text.from(1)))
}

/// The values in the lines of a `map`.
fn values<'a>(files: &'a Workspace, map: NodeRef<'a>) -> Vec<Use<'a>> {
    let lines = regexes::lines(files, map).filter(|line| line.words().len() == 1 && line.name() != "include");
    let values = lines.filter(|line| line.tree.slice(line.head()).contains('$'));
    values
        .filter_map(|line| Text::arg(line, 0))
        .filter(|text| text.value.contains('$'))
        .map(Use::Text)
        .collect()
}

/// The variable a condition is about, and the text it is compared with.
fn condition(node: NodeRef<'_>) -> Vec<Use<'_>> {
    let words: Vec<_> = node.args().collect();
    let (variable, text) = match nginx_condition(&words) {
        Ok(NginxCondition::Variable(variable) | NginxCondition::Match(variable, ..)) => {
            (Some(variable), None)
        }
        Ok(NginxCondition::Compare(variable, text)) => (Some(variable), Some(text)),
        Ok(NginxCondition::File(text)) => (None, Some(text)),
        Err(_) => (None, None),
    };
    let part = |part: crate::value::Part| Some(Text::arg(node, part.index)?.part(part.bytes));
    let variable = variable.and_then(part).map(|text| Use::Name(text.from(1)));
    let text = text.and_then(part).map(Use::Text);
    variable.into_iter().chain(text).collect()
}
