//! `nginx/location-modifier`: a location is matched in a way nginx does not know.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::tree::{NodeRef, Text};
use crate::value::nginx_location;

use super::certain::{is_garbled, is_template};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/location-modifier",
    severity: Severity::Error,
    summary: "a location is matched in a way nginx does not know",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/location-modifier.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for place in nginx.places(context.files).filter(|place| place.node.name() == "location") {
            sink.report_once(finding(place.node));
        }
    }
}

fn finding(node: NodeRef<'_>) -> Option<Diagnostic> {
    let words: Vec<_> = node.args().collect();
    nginx_location(&words)?.err()?;
    let text = Text::arg(node, 0).filter(|text| !is_template(&text.value) && !is_garbled(node))?;
    let modifier = &*text.value;
    let message = format!("`{modifier}` is no way to match a location: nginx does not start");
    let log = format!("nginx logs: invalid location modifier \"{modifier}\"");
    let found =
        Diagnostic::new(text.span(), message, "only `=`, `^~`, `~` and `~*` can stand here").note(log);
    if let Some(meant) = meant(modifier) {
        let edit = text.exact().map(|span| Edit::replace(span, meant));
        let fix = edit.map(|edit| Fix::safe(format!("write `{meant}`"), vec![edit]));
        return Some(found.help(format!("write `location {meant} {} {{`", words[1])).fix(fix));
    }
    Some(found.help(help(modifier, &words[1])))
}

/// The modifier that was meant, where it is beyond doubt.
fn meant(modifier: &str) -> Option<&'static str> {
    match modifier {
        "==" | "===" => Some("="),
        "*~" | "~~*" | "=~*" => Some("~*"),
        "=~" | "~~" => Some("~"),
        _ => None,
    }
}

fn help(modifier: &str, name: &str) -> String {
    match modifier {
        "~^" | "^" => {
            format!("write `location ^~ {name}` for a path, or `location ~ ^{name}` for an expression")
        }
        "!~" | "!~*" | "!=" | "!" => {
            "nginx has no location for what does not match: give what matches a location of its \
                                      own, and the rest `location /`"
                .to_owned()
        }
        _ if modifier.starts_with('/') => {
            "a location has one path: give each path a location of its own".to_owned()
        }
        _ => format!("write `location {name} {{`, or one of the modifiers before `{name}`"),
    }
}
