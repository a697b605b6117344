//! `nginx/readonly-variable`: a variable of nginx's own is given a value.

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::source::Span;
use crate::stack::nginx::{Pattern, definition, domain, patterns};
use crate::value::regex;
use crate::vocabulary::{self, Domain};

use super::certain::is_garbled;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/readonly-variable",
    severity: Severity::Error,
    summary: "a variable of nginx's own is given a value",
    fixable: Fixable::No,
    card: include_str!("../../../rules/nginx/readonly-variable.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for place in nginx.places(context.files) {
            let Some(domain) = domain(place.contexts).filter(|_| !is_garbled(place.node)) else { continue };
            let node = place.node;
            let made = definition(node).filter(|text| text.value.starts_with('$'));
            let made = made.map(|text| (text.value[1..].to_owned(), text.span()));
            let capturing = patterns(context.files, node).into_iter().filter(|pattern| pattern.names);
            let groups = capturing.flat_map(|pattern| groups(&pattern));
            for (name, span) in made.into_iter().chain(groups) {
                let found = finding(node.name(), &name, span, domain);
                sink.report_once(found);
            }
        }
    }
}

/// The names of the groups of an expression, and where they stand.
fn groups(pattern: &Pattern<'_>) -> Vec<(String, Span)> {
    let taken = regex(&pattern.text.value, pattern.caseless);
    let Ok(taken) = taken.as_ref() else { return Vec::new() };
    let place = |name: &String| {
        let lo = pattern.text.value.find(&format!("<{name}>"));
        let span = lo.map_or(pattern.text.span(), |lo| pattern.text.span_of(lo + 1..lo + 1 + name.len()));
        (name.clone(), span)
    };
    taken.names.iter().map(place).collect()
}

fn finding(directive: &str, name: &str, span: Span, domain: Domain) -> Option<Diagnostic> {
    let own = vocabulary::nginx_variable(&name.to_ascii_lowercase(), domain)?;
    if own.prefix || own.settable != Some(false) {
        return None;
    }
    let message = format!(
        "`${name}` is a variable of nginx's own, which `{directive}` cannot set: nginx does not start"
    );
    let found = Diagnostic::new(span, message, "has its value from nginx");
    let found = found.note(format!("nginx logs: the duplicate \"{name}\" variable"));
    Some(found.help(format!("take another name, such as `$my_{}`", name.to_ascii_lowercase())))
}
