//! `nginx/undefined-variable`: a variable that neither nginx nor the configuration has.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Nginx, Use, Variables, domain, uses};
use crate::tree::Text;
use crate::value::{Reference, references};
use crate::vocabulary::Domain;

use super::certain::{has_template, is_garbled};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/undefined-variable",
    severity: Severity::Error,
    summary: "a variable that neither nginx nor the configuration has",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/undefined-variable.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in context.stack.nginx.iter().filter(|nginx| nginx.whole) {
        let known = Variables::of(context.files, nginx, |name| context.options.has_nginx(name));
        if let Some(known) = known {
            for found in findings(context, nginx, &known) {
                sink.report(found);
            }
        }
    }
}

/// A finding for each misspelt name, and one for all uses of a name that is like none.
fn findings(context: &Context<'_>, nginx: &Nginx, known: &Variables) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut first: HashMap<(Domain, String), usize> = HashMap::new();
    let mut seen = HashSet::new();
    for place in nginx.places(context.files) {
        let Some(domain) = domain(place.contexts) else { continue };
        for used in uses(context.files, &place) {
            for (text, at, name) in undefined(&used, known, domain) {
                let span = text.span_of(at.clone());
                if is_garbled(place.node) || !seen.insert((span, name.clone())) {
                    continue;
                }
                let key = (domain, name.to_ascii_lowercase());
                if let Some(&index) = first.get(&key) {
                    let again: &mut Diagnostic = &mut found[index];
                    if again.labels.len() < 4 {
                        *again = again.clone().label(span, "and here");
                    }
                    continue;
                }
                let diagnostic = finding(&used, text, at, &name, known.meant(&name, domain));
                if diagnostic.fix.is_none() {
                    first.insert(key, found.len());
                }
                found.push(diagnostic);
            }
        }
    }
    found
}

/// The variables of a use that are none: the text, where in it they stand, and their names.
fn undefined<'u, 'a>(
    used: &'u Use<'a>,
    known: &Variables,
    domain: Domain,
) -> Vec<(&'u Text<'a>, Range<usize>, String)> {
    let all: Vec<_> = match used {
        Use::Name(text) => vec![(text, 0..text.value.len(), text.value.to_string())],
        Use::Text(text) => {
            let named = references(&text.value).filter_map(|reference| match reference {
                Reference::Variable(at, name) if !known.has(&text.value[name.clone()], domain) => {
                    Some((text, at, text.value[name].to_owned()))
                }
                _ => None,
            });
            named.collect()
        }
    };
    let certain = all.into_iter().filter(|(text, _, name)| {
        let filled_in = !name.bytes().any(|byte| byte.is_ascii_lowercase()) && !name.starts_with('0');
        !filled_in && !has_template(&text.value) && !known.has(name, domain)
    });
    certain.collect()
}

fn finding(used: &Use<'_>, text: &Text<'_>, at: Range<usize>, name: &str, meant: Option<&str>) -> Diagnostic {
    let span = text.span_of(at.clone());
    let log = format!("nginx logs: unknown \"{name}\" variable");
    let odd = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    if let (Use::Name(_), Some(odd)) = (used, odd) {
        let message = format!("nginx takes all of `{name}` for the name of a variable: nginx does not start");
        return in_condition(Diagnostic::new(span, message, "no such variable").note(log), text, odd);
    }
    let message = format!("`${name}` is no variable: nginx does not start");
    let found = Diagnostic::new(span, message, "neither nginx nor this configuration has it").note(log);
    let Some(meant) = meant else { return found.help(how_to_make(name)) };
    let edit = text.exact().map(|_| {
        let written = if text.value[at.clone()].starts_with("${") {
            format!("${{{meant}}}")
        } else if matches!(used, Use::Name(_)) {
            meant.to_owned()
        } else {
            format!("${meant}")
        };
        Edit::replace(span, written)
    });
    let fix = edit.map(|edit| Fix::safe(format!("write ${meant}"), vec![edit]));
    found.help(format!("did you mean `${meant}`?")).fix(fix)
}

/// How the variable is made: a well-known one as everybody makes it.
fn how_to_make(name: &str) -> String {
    match name {
        "connection_upgrade" => {
            "add to `http`: `map $http_upgrade $connection_upgrade { default upgrade; '' close; }`".to_owned()
        }
        _ => format!("make it with `set ${name} …;`, or with a `map` in `http`"),
    }
}

/// What is meant by `if ($a=b)` and `if (${a})`.
fn in_condition(found: Diagnostic, text: &Text<'_>, odd: usize) -> Diagnostic {
    let value = &text.value;
    if let Some(name) = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        let fix = text.exact().map(|span| Fix::safe("take the braces away", vec![Edit::replace(span, name)]));
        return found.help(format!("write `${name}`: here nginx knows no braces")).fix(fix);
    }
    let operators = ["!~*", "!~", "!=", "~*", "~", "="];
    let Some(operator) = operators.into_iter().find(|operator| value[odd..].starts_with(operator)) else {
        return found.help("put a blank behind the name");
    };
    let rest = &value[odd + operator.len()..];
    let help = format!("write `if (${} {operator} {rest})`, with blanks", &value[..odd]);
    let fix = text.exact().filter(|_| odd > 0 && !rest.is_empty()).map(|_| {
        let span = text.span_of(odd..odd + operator.len());
        Fix::safe("put blanks around the operator", vec![Edit::replace(span, format!(" {operator} "))])
    });
    found.help(help).fix(fix)
}
