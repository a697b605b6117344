//! `nginx/duplicate-zone`: a zone of shared memory is defined twice.

use std::collections::HashMap;

use super::zones::{Mention, mentions};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::value::nginx_size;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/duplicate-zone",
    severity: Severity::Error,
    summary: "a zone of shared memory is defined twice, by two that cannot share it",
    fixable: Fixable::No,
    card: include_str!("../../../rules/nginx/duplicate-zone.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        let mentions = mentions(context, nginx);
        let mut first: HashMap<&str, &Mention<'_>> = HashMap::new();
        for mention in mentions.iter().filter(|mention| mention.word.defines && mention.size.is_some()) {
            let Some(other) = first.get(mention.name.as_str()) else {
                first.insert(&mention.name, mention);
                continue;
            };
            if nginx.together(other.node.at(), mention.node.at())
                && let Some(clash) = Clash::of(other, mention)
            {
                sink.report_once(clash.say(other, mention));
            }
        }
    }
}

/// Why two directives cannot define one zone.
enum Clash {
    /// They are for different things.
    Purpose,
    /// They may share it, but say different sizes.
    Size(u64, u64),
    /// There can be only one.
    Twice,
}

impl Clash {
    fn of(first: &Mention<'_>, second: &Mention<'_>) -> Option<Self> {
        if !first.is_like(second) {
            return Some(Self::Purpose);
        }
        let bytes = |mention: &Mention<'_>| nginx_size(mention.size.as_deref()?).ok();
        let sizes = (bytes(first)?, bytes(second)?);
        match sizes {
            (one, other) if one != other => Some(Self::Size(one, other)),
            _ => (!second.word.shared).then_some(Self::Twice),
        }
    }

    fn say(&self, first: &Mention<'_>, second: &Mention<'_>) -> Diagnostic {
        let name = &second.name;
        let size = |mention: &Mention<'_>| mention.size.clone().unwrap_or_default();
        let (what, log, help) = match self {
            Self::Purpose => (
                format!("zone `{name}` is for {} and for {}", first.purpose(), second.purpose()),
                format!("the shared memory zone \"{name}\" is already declared for a different use"),
                "give one of the two another name".to_owned(),
            ),
            Self::Size(one, other) => (
                format!("zone `{name}` is {} here and {} there", size(second), size(first)),
                format!(
                    "the size {other} of shared memory zone \"{name}\" conflicts with already declared size {one}"
                ),
                format!("write the same size in both, or give this zone another name than `{name}`"),
            ),
            Self::Twice => (
                format!("zone `{name}` is defined twice"),
                twice(second),
                "take one of the two out, or give it another name".to_owned(),
            ),
        };
        let label =
            if first.node == second.node { "its file is included twice" } else { "defined again here" };
        let found = Diagnostic::new(second.node.head(), format!("{what}: nginx does not start"), label)
            .note(format!("nginx logs: {log}"))
            .help(help);
        if first.node == second.node {
            return found;
        }
        found.label(first.node.head(), "first defined here")
    }
}

/// What nginx says of a zone that is defined twice in the same way.
fn twice(second: &Mention<'_>) -> String {
    let (name, word) = (&second.name, second.word.name);
    if word.ends_with("_cache_path") {
        return format!("duplicate zone \"{name}\"");
    }
    let key = second.node.arg(0).unwrap_or_default();
    match word {
        "limit_req_zone" | "limit_conn_zone" => {
            format!("{word} \"{name}\" is already bound to key \"{key}\"")
        }
        _ => format!("duplicate zone \"{name}\""),
    }
}
