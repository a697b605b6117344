//! `nginx/invalid-variable`: a `$` with no name, a `${` with no `}`, a name with no `$`.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::nginx::{Use, definition, domain, uses};
use crate::tree::{NodeRef, Text};
use crate::value::{Reference, references};
use crate::vocabulary;

use super::certain::{has_template, is_garbled};

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "nginx/invalid-variable",
    severity: Severity::Error,
    summary: "a variable is written as nginx does not take it",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/nginx/invalid-variable.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for nginx in &context.stack.nginx {
        for place in nginx.places(context.files).filter(|place| domain(place.contexts).is_some()) {
            let texts = uses(context.files, &place).into_iter().filter_map(|used| match used {
                Use::Text(text) => misspelt(place.node, &text),
                Use::Name(_) => None,
            });
            for found in texts.chain(undeclared(place.node)) {
                if !is_garbled(place.node) {
                    sink.report_once(found);
                }
            }
        }
    }
}

/// A `$` in a text that begins no variable.
fn misspelt(node: NodeRef<'_>, text: &Text<'_>) -> Option<Diagnostic> {
    let value = &*text.value;
    if has_template(value) {
        return None;
    }
    references(value).find_map(|reference| match reference {
        Reference::Unclosed(at) if !is_placeholder(&value[at.end..]) => {
            let name = &value[at.start + 2..at.end];
            let message = format!("`${{{name}` has no `}}`: nginx does not start");
            let log = format!("nginx logs: the closing bracket in \"{name}\" variable is missing");
            let edit = text.exact().map(|span| Edit::insert(span.lo + at.end as u32, "}"));
            // Which variable ends here is beyond doubt only where the name is one.
            let named = vocabulary::nginx_variable(&name.to_ascii_lowercase(), vocabulary::Domain::Http);
            let fix = edit.filter(|_| named.is_some()).map(|edit| Fix::safe("add the `}`", vec![edit]));
            let found = Diagnostic::new(text.span_of(at), message, "never closed").note(log);
            Some(found.help(format!("write `${{{name}}}`")).fix(fix))
        }
        Reference::Nameless(at) => {
            let message = "a `$` with no name behind it is no text to nginx: it does not start";
            let log = match node.name() {
                "log_format" => format!("nginx logs: invalid parameter \"{value}\""),
                _ => "nginx logs: invalid variable name".to_owned(),
            };
            let found = Diagnostic::new(text.span_of(at), message, "no variable").note(log);
            let help =
                "for a dollar sign add to `http`: `geo $dollar { default \"$\"; }`, and write `${dollar}`";
            Some(found.help(help))
        }
        _ => None,
    })
}

/// A directive that makes a variable whose name has no `$`.
fn undeclared(node: NodeRef<'_>) -> Option<Diagnostic> {
    let text = definition(node)?;
    let name = &*text.value;
    let bare = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !(bare || name == "$") {
        return None;
    }
    let directive = node.name();
    let message =
        format!("`{directive}` makes a variable, and `{name}` is no name of one: nginx does not start");
    let found = Diagnostic::new(text.span(), message, if bare { "has no `$`" } else { "has no name" });
    let found = found.note(format!("nginx logs: invalid variable name \"{name}\""));
    if !bare {
        return Some(found);
    }
    let edit = text.exact().map(|span| Edit::insert(span.lo, "$"));
    let fix = edit.map(|edit| Fix::safe("add the `$`", vec![edit]));
    Some(found.help(format!("write `${name}`")).fix(fix))
}

/// Whether a placeholder of a template goes on here: `${web.port}`, `${PORT:-80}`.
fn is_placeholder(rest: &str) -> bool {
    let inner = rest.split_once('}').map_or("", |(inner, _)| inner);
    let part = |c: char| c.is_ascii_alphanumeric() || "._:?+-".contains(c);
    !inner.is_empty() && inner.chars().all(part)
}
